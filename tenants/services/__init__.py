from tenants.services.api_keys import caller_of_api_key, create_api_key, revoke_api_key
from tenants.services.sign_in import caller_of, caller_of_authorization
from tenants.services.tenancy import (
    all_tenants,
    ensure_business_unit,
    ensure_tenant,
    ensure_user,
    find_tenant,
    grant,
    keyed_hash,
)
from tenants.services.tokens import (
    TokenPair,
    caller_of_access_token,
    forget_ended_families,
    issue_tokens,
    refresh_tokens,
    revoke_family,
)
from tenants.sessions import forget_ended_sessions

__all__ = [
    "TokenPair",
    "all_tenants",
    "caller_of",
    "caller_of_access_token",
    "caller_of_api_key",
    "caller_of_authorization",
    "create_api_key",
    "ensure_business_unit",
    "ensure_tenant",
    "ensure_user",
    "find_tenant",
    "forget_ended_families",
    "forget_ended_sessions",
    "grant",
    "issue_tokens",
    "keyed_hash",
    "refresh_tokens",
    "revoke_api_key",
    "revoke_family",
]
