"""Letting somebody in who signed in at Marketing Cloud."""

from mce_bridge.errors import SignInRefused
from mce_bridge.login.arrival import meet
from mce_bridge.login.authorization import SignIn
from mce_bridge.services import keep_user_connection
from tenants.callers import Caller
from tenants.services.sign_in import sign_in as sign_in_tenant


def finish(sign_in: SignIn, *, code: str, tenant_subdomain: str | None) -> Caller:
    """Makes what is not there yet (tenant, business unit, user, grant), and keeps the user's own connection.

    Raises SignInRefused, UserDeactivated, and whatever stands between us and Marketing Cloud.
    """
    if tenant_subdomain not in {None, sign_in.subdomain}:
        raise SignInRefused(f"You signed in at {tenant_subdomain!r}, not at {sign_in.subdomain!r}.")
    person, fetched = meet(sign_in, code)
    caller = sign_in_tenant(
        enterprise_id=person.enterprise_id,
        enterprise_name=person.enterprise_name,
        subdomain=sign_in.subdomain,
        mid=person.mid,
        mce_user_id=person.mce_user_id,
        name=person.name,
        email=person.email,
    )
    keep_user_connection(caller=caller, subdomain=sign_in.subdomain, auth_url=sign_in.auth_url, fetched=fetched)
    return caller
