"""From what a request carries to the caller: an API key, a JWT, or the session of the console."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tenants.callers import ALL_SCOPES, Caller
from tenants.context import tenant_scope
from tenants.errors import InvalidCredentials
from tenants.services.api_keys import caller_of_api_key
from tenants.services.people import active_grant
from tenants.services.tokens import caller_of_access_token

SESSION_KEY = "caller"


def caller_of_authorization(header: str) -> Caller:
    """The caller of an Authorization header: `Api-Key <key>` or `Bearer <JWT>`. Raises InvalidCredentials."""
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "api-key":
        return caller_of_api_key(value.strip())
    if scheme.lower() == "bearer":
        return caller_of_access_token(value.strip())
    raise InvalidCredentials("Use `Authorization: Api-Key <key>` or `Authorization: Bearer <token>`.")


def caller_of_session(session: Mapping[str, Any]) -> Caller | None:
    """The caller a console session belongs to, None if nobody has signed in. Raises InvalidCredentials."""
    kept = session.get(SESSION_KEY)
    if not kept:
        return None
    tenant_id, user_id, business_unit_id = (UUID(kept[name]) for name in ("tenant", "user", "unit"))
    with tenant_scope(tenant_id):
        grant = active_grant(user_id=user_id, business_unit_id=business_unit_id)
    return Caller(
        tenant_id=tenant_id,
        user_id=user_id,
        business_unit_id=business_unit_id,
        mid=grant.business_unit.mid,
        role=grant.user.role,
        scopes=ALL_SCOPES,
    )


def session_value(caller: Caller) -> dict[str, str]:
    """What a session keeps of the caller, under SESSION_KEY."""
    return {
        "tenant": str(caller.tenant_id),
        "user": str(caller.user_id),
        "unit": str(caller.business_unit_id),
    }


def caller_of(*, authorization: str | None, session: Mapping[str, Any]) -> Caller | None:
    """The caller of a request, None for nobody. The header goes before the session. Raises InvalidCredentials."""
    if authorization:
        return caller_of_authorization(authorization)
    return caller_of_session(session)
