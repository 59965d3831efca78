"""From a sign-in at MCE, or from what a request carries (API key, JWT, the console's session), to the caller."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from tenants.callers import ALL_SCOPES, Caller
from tenants.context import tenant_scope
from tenants.errors import BusinessUnitNotFound, InvalidCredentials, NotASession, UnitWithdrawn, UserDeactivated
from tenants.models import Action, Grant, User
from tenants.services.api_keys import caller_of_api_key
from tenants.services.audit import Actor, note
from tenants.services.people import active_grant
from tenants.services.tenancy import ensure_business_unit, ensure_tenant, ensure_user, grant
from tenants.services.tokens import TokenPair, caller_of_access_token, issue_tokens, revoke_family
from tenants.sessions import began, is_over, note_beginning

SESSION_KEY = "caller"
# Before the id of each family of tokens: a key for each, so that of two made at once both are kept.
FAMILY = "family:"


def sign_in(
    *,
    enterprise_id: str,
    enterprise_name: str,
    subdomain: str,
    mid: int,
    mce_user_id: str,
    name: str,
    email: str,
) -> Caller:
    """Somebody whom MCE has signed in to one of its business units. What is not there yet is made.

    The first user of an enterprise becomes its owner. Raises UserDeactivated.
    """
    tenant_id = ensure_tenant(enterprise_id=enterprise_id, name=enterprise_name, subdomain=subdomain)
    unit_name = enterprise_name if str(mid) == enterprise_id else f"Business unit {mid}"
    unit_id = ensure_business_unit(tenant_id=tenant_id, mid=mid, name=unit_name)
    user_id = ensure_user(tenant_id=tenant_id, mce_user_id=mce_user_id, email=email, name=name)
    with tenant_scope(tenant_id):
        if not User.objects.filter(id=user_id, is_active=True).exists():
            raise UserDeactivated("Ask an owner or admin of your tenant.")
        grant(tenant_id=tenant_id, user_id=user_id, business_unit_id=unit_id)
        if not Grant.objects.standing().filter(user_id=user_id, business_unit_id=unit_id).exists():
            raise UnitWithdrawn("Choose another business unit at Marketing Cloud, or ask an owner or admin.")
        caller = caller_in(tenant_id=tenant_id, user_id=user_id, business_unit_id=unit_id)
        note(Action.SIGNED_IN, tenant_id=tenant_id, actor=Actor.caller(caller), mid=mid)
    return caller


def issue_session_tokens(session: SessionBase, caller: Caller) -> TokenPair:
    """Tokens that end with the session, if it is by one that the caller asks."""
    pair = issue_tokens(caller)
    if caller.by_session:
        session[f"{FAMILY}{pair.family_id}"] = True
    return pair


def sign_out(session: SessionBase, *, caller: Caller) -> None:
    """Ends the session with its tokens, or the family of the token; a key alone has nothing to end."""
    ended = families_of(session) if caller.by_session else []
    if caller.family_id is not None:
        ended.append(caller.family_id)
    for family_id in ended:
        revoke_family(tenant_id=caller.tenant_id, family_id=family_id)
    session.flush()
    if caller.api_key_id is None:
        with tenant_scope(caller.tenant_id):
            note(Action.SIGNED_OUT, tenant_id=caller.tenant_id, actor=Actor.caller(caller))


def families_of(session: SessionBase) -> list[UUID]:
    return [UUID(name.removeprefix(FAMILY)) for name in session.keys() if name.startswith(FAMILY)]  # noqa: SIM118


def end_session(session: SessionBase) -> None:
    """Signs out whoever it is, if anybody is signed in."""
    try:
        caller = caller_of_session(session)
    except InvalidCredentials:
        caller = None
    if caller is None:
        session.flush()
    else:
        sign_out(session, caller=caller)


def begin_session(session: SessionBase, caller: Caller) -> None:
    """The browser acts as `caller` from now on, under a new session id: nobody can have chosen it beforehand."""
    session.cycle_key()
    session[SESSION_KEY] = session_value(caller)
    note_beginning(session)


def switch(session: SessionBase, *, caller: Caller, mid: int) -> Caller:
    """The session acts in another of its user's business units. Raises NotASession, BusinessUnitNotFound."""
    if not caller.by_session:
        raise NotASession
    with tenant_scope(caller.tenant_id):
        granted = Grant.objects.standing().filter(user_id=caller.user_id, business_unit__mid=mid).first()
        if granted is None:
            raise BusinessUnitNotFound
        there = caller_in(tenant_id=caller.tenant_id, user_id=caller.user_id, business_unit_id=granted.business_unit_id)
    session[SESSION_KEY] = session_value(there)
    return there


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
    if is_over(session):
        raise InvalidCredentials("The session is over; sign in again.")
    tenant_id, user_id, business_unit_id = (UUID(kept[name]) for name in ("tenant", "user", "unit"))
    with tenant_scope(tenant_id):
        signed_out_at = User.objects.values_list("signed_out_at", flat=True).filter(id=user_id).first()
        if signed_out_at and began(session) <= signed_out_at.timestamp():
            raise InvalidCredentials("You were signed out; sign in again.")
        return caller_in(tenant_id=tenant_id, user_id=user_id, business_unit_id=business_unit_id)


def caller_in(*, tenant_id: UUID, user_id: UUID, business_unit_id: UUID) -> Caller:
    """A person at the console, who may do whatever their role may; within the running scope."""
    granted = active_grant(user_id=user_id, business_unit_id=business_unit_id)
    return Caller(
        tenant_id=tenant_id,
        user_id=user_id,
        business_unit_id=business_unit_id,
        mid=granted.mid,
        role=granted.role,
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
