"""API keys: `qsp_<tenant id>_<secret>`. The tenant id lets the key be looked up inside a scope."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from tenants.callers import ALL_SCOPES, Caller
from tenants.context import tenant_scope
from tenants.errors import InvalidCredentials
from tenants.models import ApiKey
from tenants.services.people import active_grant

KEY = re.compile(r"qsp_(?P<tenant>[0-9a-f]{32})_(?P<secret>[A-Za-z0-9_-]{43})")
PREFIX_LENGTH = 6
LAST_USED_STEP = timedelta(minutes=1)


def create_api_key(
    *,
    tenant_id: UUID,
    user_id: UUID,
    business_unit_id: UUID,
    name: str,
    scopes: Iterable[str] = ALL_SCOPES,
    expires_at: datetime | None = None,
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
    return row, f"qsp_{tenant_id.hex}_{secret}"


def revoke_api_key(*, tenant_id: UUID, api_key_id: UUID) -> bool:
    """Whether it was still good until now."""
    with tenant_scope(tenant_id):
        return bool(ApiKey.objects.filter(id=api_key_id, revoked_at__isnull=True).update(revoked_at=Now()))


def caller_of_api_key(key: str) -> Caller:
    """Raises InvalidCredentials, without saying which part was wrong."""
    match = KEY.fullmatch(key)
    if match is None:
        raise InvalidCredentials
    tenant_id = UUID(match["tenant"])
    with tenant_scope(tenant_id):
        row = (
            ApiKey.objects.filter(hashed_secret=hash_secret(match["secret"]), revoked_at__isnull=True)
            .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))
            .first()
        )
        if row is None:
            raise InvalidCredentials
        grant = active_grant(user_id=row.user_id, business_unit_id=row.business_unit_id)
        note_use(row)
    return Caller(
        tenant_id=tenant_id,
        user_id=row.user_id,
        business_unit_id=row.business_unit_id,
        mid=grant.business_unit.mid,
        role=grant.user.role,
        scopes=frozenset(row.scopes),
        api_key_id=row.id,
    )


def note_use(row: ApiKey) -> None:
    """Once a minute is enough to say when a key was last used; a write for each call would be too much."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - LAST_USED_STEP)
    ApiKey.objects.filter(stale, id=row.id).update(last_used_at=Now())


def hash_secret(secret: str) -> str:
    """Plain SHA-256 will do: the secret is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
