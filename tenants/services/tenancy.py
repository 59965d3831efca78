"""Making tenants, their business units and people. Doing it again finds what is there."""

import hashlib
import hmac
import secrets
from functools import lru_cache
from uuid import UUID, uuid4

from django.db import IntegrityError, connection

from tenants.context import tenant_scope
from tenants.encryption import seal, unseal
from tenants.errors import UserDeactivated
from tenants.models import BusinessUnit, Grant, Plan, Role, Tenant, User


def find_tenant(enterprise_id: str) -> UUID | None:
    """The tenant of an MCE enterprise, by the definer function: until it is known, there is no scope to ask in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_of_enterprise(%s)", [enterprise_id])
        found: UUID | None = cursor.fetchone()[0]
    return found


def all_tenants() -> list[UUID]:
    """Every tenant's id, by the definer function: for housekeeping, which then works in one scope after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT all_tenants()")
        return [row[0] for row in cursor.fetchall()]


def ensure_tenant(*, enterprise_id: str, name: str, subdomain: str, plan: str = Plan.PRO) -> UUID:
    tenant_id = find_tenant(enterprise_id)
    if tenant_id is not None:
        return tenant_id
    tenant_id = uuid4()
    try:
        with tenant_scope(tenant_id):
            Tenant.objects.create(
                id=tenant_id,
                enterprise_id=enterprise_id,
                name=name,
                subdomain=subdomain,
                plan=plan,
                sealed_hash_key=seal(secrets.token_hex(32)),
            )
    except IntegrityError:
        # Somebody else made it a moment ago.
        winner = find_tenant(enterprise_id)
        if winner is None:
            raise
        return winner
    return tenant_id


def ensure_business_unit(*, tenant_id: UUID, mid: int, name: str) -> UUID:
    with tenant_scope(tenant_id):
        unit, _ = BusinessUnit.objects.get_or_create(tenant_id=tenant_id, mid=mid, defaults={"name": name})
    return unit.id


def ensure_user(*, tenant_id: UUID, mce_user_id: str, email: str, name: str) -> UUID:
    """The first user of a tenant becomes its owner, later ones members. Raises UserDeactivated while it leaves."""
    with tenant_scope(tenant_id):
        # One first user, also when two come at once. Rows that refer to the tenant are not kept waiting: they could
        # be waited for.
        Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
        first = not User.objects.exists()
        if not first and not User.objects.filter(is_active=True).exists():
            # There is always an owner who may act, but for a tenant that is being deleted.
            raise UserDeactivated("Nobody of your tenant may act any more.")
        user, _ = User.objects.update_or_create(
            tenant_id=tenant_id,
            mce_user_id=mce_user_id,
            defaults={"email": email, "name": name},
            create_defaults={"email": email, "name": name, "role": Role.OWNER if first else Role.MEMBER},
        )
    return user.id


def grant(*, tenant_id: UUID, user_id: UUID, business_unit_id: UUID) -> None:
    with tenant_scope(tenant_id):
        Grant.objects.get_or_create(tenant_id=tenant_id, user_id=user_id, business_unit_id=business_unit_id)


def keyed_hash(*, tenant_id: UUID, text: str) -> str:
    """HMAC-SHA-256 with the tenant's own key, in hex: a plain hash of a short query could be guessed."""
    return hmac.new(hash_key(tenant_id), text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1000)
def hash_key(tenant_id: UUID) -> bytes:
    """Kept by the process: a tenant has the same one for ever, however it is sealed."""
    with tenant_scope(tenant_id):
        sealed = Tenant.objects.values_list("sealed_hash_key", flat=True).get(id=tenant_id)
    return unseal(sealed).encode()
