"""JWT access tokens, and refresh tokens in families.

Only the newest refresh token of a family is good. An older one can only mean that somebody copied it, so it ends the
family. The database keeps hashes of token ids: simplejwt's own blacklist would keep the tokens themselves.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.errors import InvalidCredentials, RefreshTokenReused, UserDeactivated
from tenants.models import RefreshFamily, User
from tenants.pruning import delete_some
from tenants.services.people import active_grant


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str
    expires_in: int  # seconds, of the access token
    family_id: UUID


def issue_tokens(caller: Caller) -> TokenPair:
    """Begins a family. Raises UserDeactivated."""
    token_id = uuid.uuid4().hex
    with tenant_scope(caller.tenant_id):
        # Locked: who deactivates the user either finds the family or comes first.
        if User.objects.select_for_update(no_key=True).filter(id=caller.user_id, is_active=True).first() is None:
            raise UserDeactivated
        family = RefreshFamily.objects.create(
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            business_unit_id=caller.business_unit_id,
            api_key_id=caller.api_key_id,
            scopes=sorted(caller.scopes),
            hashed_token_id=hash_id(token_id),
            expires_at=timezone.now() + timedelta(seconds=settings.REFRESH_TOKEN_SECONDS),
        )
    return pair(caller, family.id, token_id)


def refresh_tokens(refresh: str) -> TokenPair:
    """The next pair of the family. Raises InvalidCredentials, RefreshTokenReused."""
    tenant_id, family_id, token_id = read_refresh(refresh)
    next_id = uuid.uuid4().hex
    with tenant_scope(tenant_id):
        if not RefreshFamily.objects.filter(id=family_id).with_good_key().exists():
            raise InvalidCredentials
        live = RefreshFamily.objects.filter(id=family_id, revoked_at__isnull=True, expires_at__gt=Now())
        rotated = live.filter(hashed_token_id=hash_id(token_id)).update(hashed_token_id=hash_id(next_id))
        reused = not rotated and live.update(revoked_at=Now())
        family = RefreshFamily.objects.filter(id=family_id).first()
        grant = (
            active_grant(user_id=family.user_id, business_unit_id=family.business_unit_id)
            if rotated and family
            else None
        )
    if reused:
        raise RefreshTokenReused
    if grant is None or family is None:
        raise InvalidCredentials
    caller = Caller(
        tenant_id=tenant_id,
        user_id=family.user_id,
        business_unit_id=family.business_unit_id,
        mid=grant.mid,
        role=grant.role,
        scopes=frozenset(family.scopes),
    )
    return pair(caller, family.id, next_id)


def revoke_family(*, tenant_id: UUID, family_id: UUID) -> bool:
    """Signs out: the family's access tokens are refused from now on, too."""
    with tenant_scope(tenant_id):
        live = RefreshFamily.objects.filter(id=family_id, revoked_at__isnull=True)
        return bool(live.update(revoked_at=Now()))


def forget_ended_families() -> int:
    """Deletes some that nobody can refresh any more, within the running scope; how many.

    A day is left for the access tokens: the last one was issued just before the family expired.
    """
    ended = RefreshFamily.objects.filter(expires_at__lt=Now() - timedelta(days=1))
    return delete_some(ended.order_by("expires_at"))


def caller_of_access_token(raw: str) -> Caller:
    """Raises InvalidCredentials."""
    claims = read(AccessToken, raw)
    try:
        tenant_id, user_id, family_id = (UUID(str(claims[name])) for name in ("tenant", "sub", "family"))
    except (KeyError, ValueError) as exc:
        raise InvalidCredentials from exc
    with tenant_scope(tenant_id):
        families = RefreshFamily.objects.with_good_key()
        family = families.filter(id=family_id, user_id=user_id, revoked_at__isnull=True).first()
        if family is None:
            raise InvalidCredentials
        grant = active_grant(user_id=user_id, business_unit_id=family.business_unit_id)
    return Caller(
        tenant_id=tenant_id,
        user_id=user_id,
        business_unit_id=family.business_unit_id,
        mid=grant.mid,
        role=grant.role,
        scopes=frozenset(family.scopes),
        family_id=family.id,
    )


def pair(caller: Caller, family_id: UUID, token_id: str) -> TokenPair:
    lifetime = timedelta(seconds=settings.ACCESS_TOKEN_SECONDS)
    access = AccessToken()
    access.set_exp(lifetime=lifetime)
    refresh = RefreshToken()
    refresh.set_exp(lifetime=timedelta(seconds=settings.REFRESH_TOKEN_SECONDS))
    refresh["jti"] = token_id
    for token in (access, refresh):
        token["sub"] = str(caller.user_id)
        token["tenant"] = str(caller.tenant_id)
        token["family"] = str(family_id)
    access["mid"] = caller.mid
    access["role"] = caller.role
    return TokenPair(
        access=str(access), refresh=str(refresh), expires_in=int(lifetime.total_seconds()), family_id=family_id
    )


def read_refresh(raw: str) -> tuple[UUID, UUID, str]:
    claims = read(RefreshToken, raw)
    try:
        return UUID(str(claims["tenant"])), UUID(str(claims["family"])), str(claims["jti"])
    except (KeyError, ValueError) as exc:
        raise InvalidCredentials from exc


def read(kind: type[Token], raw: str) -> Token:
    try:
        return kind(raw)  # type: ignore[arg-type]
    except TokenError as exc:
        raise InvalidCredentials from exc


def hash_id(token_id: str) -> str:
    return hashlib.sha256(token_id.encode()).hexdigest()
