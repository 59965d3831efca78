"""API keys: `qsp_<tenant id>_<secret>`. The tenant id lets the key be looked up inside a scope."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from tenants.callers import KEY_SCOPES, Caller
from tenants.context import ask, tenant_scope
from tenants.errors import ApiKeyNotFound, InvalidCredentials, MissingScope
from tenants.models import Action, ApiKey
from tenants.services.audit import SYSTEM, Actor, note

KEY = re.compile(r"qsp_(?P<tenant>[0-9a-f]{32})_(?P<secret>[A-Za-z0-9_-]{43})")
PREFIX_LENGTH = 6
LAST_USED_STEP = timedelta(minutes=1)
# Of a key that is good, whose user is active and may act in its business unit; else no row (migration 0012).
CALLER = """
    SELECT api_key_id, user_id, business_unit_id, mid, role, scopes, use_is_due FROM tenants_caller_of_key(%s, %s)
"""


def create_api_key(
    *,
    tenant_id: UUID,
    user_id: UUID,
    business_unit_id: UUID,
    name: str,
    scopes: Iterable[str] = KEY_SCOPES,
    expires_at: datetime | None = None,
    actor: Actor = SYSTEM,
) -> tuple[ApiKey, str]:
    """The row, and the key itself, which is never to be had again."""
    secret = secrets.token_urlsafe(32)
    with tenant_scope(tenant_id):
        row = ApiKey.objects.create(
            tenant_id=tenant_id,
            user_id=user_id,
            business_unit_id=business_unit_id,
            name=name,
            prefix=secret[:PREFIX_LENGTH],
            hashed_secret=hash_secret(secret),
            scopes=sorted(scopes),
            expires_at=expires_at,
        )
        note(Action.KEY_MADE, tenant_id=tenant_id, actor=actor, subject=row.id, name=name, scopes=row.scopes)
    return row, f"qsp_{tenant_id.hex}_{secret}"


def revoke_api_key(*, tenant_id: UUID, api_key_id: UUID, actor: Actor = SYSTEM) -> bool:
    """Whether it was still good until now."""
    with tenant_scope(tenant_id):
        revoked = ApiKey.objects.filter(id=api_key_id, revoked_at__isnull=True).update(revoked_at=Now())
        if revoked:
            note(Action.KEY_REVOKED, tenant_id=tenant_id, actor=actor, subject=api_key_id)
    return bool(revoked)


def list_api_keys(caller: Caller) -> QuerySet[ApiKey]:
    """The caller's own; for owners and admins everybody's. Within the running scope."""
    keys = ApiKey.objects.select_related("user", "business_unit")
    return keys if caller.oversees else keys.filter(user_id=caller.user_id)


def make_own_key(
    *, caller: Caller, name: str, scopes: Iterable[str], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """For oneself, in the business unit one acts in: whoever holds a key reads its user's rows.

    Raises MissingScope where a key, or a token of it, would make one that may do more.
    """
    if more := set(scopes) - caller.scopes:
        raise MissingScope(f"Your own key has not: {', '.join(sorted(more))}.")
    row, key = create_api_key(
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        business_unit_id=caller.business_unit_id,
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        actor=Actor.caller(caller),
    )
    return find_api_key(caller, row.id), key


def find_api_key(caller: Caller, api_key_id: UUID) -> ApiKey:
    """Raises ApiKeyNotFound."""
    with tenant_scope(caller.tenant_id):
        found = list_api_keys(caller).filter(id=api_key_id).first()
    if found is None:
        raise ApiKeyNotFound
    return found


def caller_of_api_key(key: str) -> Caller:
    """Raises InvalidCredentials, without saying which part was wrong."""
    match = KEY.fullmatch(key)
    if match is None:
        raise InvalidCredentials
    tenant_id = UUID(match["tenant"])
    found = ask(tenant_id, CALLER, [hash_secret(match["secret"]), LAST_USED_STEP])
    if not found:
        raise InvalidCredentials
    [(api_key_id, user_id, business_unit_id, mid, role, scopes, use_is_due)] = found
    if use_is_due:
        note_use(tenant_id, api_key_id)
    return Caller(
        tenant_id=tenant_id,
        user_id=user_id,
        business_unit_id=business_unit_id,
        mid=mid,
        role=role,
        scopes=frozenset(scopes),
        api_key_id=api_key_id,
    )


def note_use(tenant_id: UUID, api_key_id: UUID) -> None:
    """Once a minute is enough to say when a key was last used; a write for each call would be too much."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - LAST_USED_STEP)
    with tenant_scope(tenant_id):
        ApiKey.objects.filter(stale, id=api_key_id).update(last_used_at=Now())


def hash_secret(secret: str) -> str:
    """Plain SHA-256 will do: the secret is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
