"""Many runs at once, without the API: a crowd of them in a business unit, due since some time."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db.models import Q
from django.db.models.functions import Now

from leases.claims import Claim
from leases.models import held
from leases.workers import GONE
from shell_query.models import Run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.encryption import seal
from tenants.models import BusinessUnit, Plan, Tenant
from tenants.services import ensure_business_unit, ensure_tenant
from tests.cast import make_person

SQL = "SELECT StoreID FROM Stores"


def crowd(caller: Caller, count: int, *, waited: float = 0) -> list[UUID]:
    """`count` new runs that have been due for so many seconds."""
    sealed = seal(SQL)
    runs = [
        Run(
            id=uuid4(),
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            business_unit_id=caller.business_unit_id,
            sealed_sql=sealed,
            wake_at=Now() - timedelta(seconds=waited),
        )
        for _ in range(count)
    ]
    with tenant_scope(caller.tenant_id):
        Run.objects.bulk_create(runs)
    return [run.id for run in runs]


def newcomer(number: int, plan: Plan = Plan.PRO) -> Caller:
    """Somebody of a tenant of their own."""
    tenant = ensure_tenant(enterprise_id=f"77{number:05}", name=f"Customer {number}", subdomain=f"mc-{number}")
    unit = ensure_business_unit(tenant_id=tenant, mid=7700000 + number, name="The only one")
    with tenant_scope(tenant):
        Tenant.objects.filter(id=tenant).update(plan=plan)
    return make_person(f"customer{number}", tenant_id=tenant, unit_id=unit, mid=7700000 + number, role="owner").caller


def in_flight() -> Q:
    """Claimed, and not in the middle of a step whose worker is known to have died."""
    left = Q(step_began_at__isnull=False, held_by=GONE)
    return Q(claim_token__isnull=False, wake_at__gt=Now()) & ~left


def flying(caller: Caller) -> int:
    """Of the caller's business unit."""
    with tenant_scope(caller.tenant_id):
        runs = Run.objects.filter(business_unit_id=caller.business_unit_id)
        return runs.filter(in_flight()).count()


def whose(claims: list[Claim], *callers: Caller) -> list[int]:
    """Which of the callers' tenants each claim is of, in the order of the claims."""
    tenants = [caller.tenant_id for caller in callers]
    return [tenants.index(claim.tenant_id) for claim in claims]


def land(claims: Sequence[Claim], *, seconds: float = 3600) -> None:
    """Each claim is given back, to be woken in so many seconds."""
    for claim in claims:
        with tenant_scope(claim.tenant_id):
            Run.objects.filter(held(claim)).update(claim_token=None, wake_at=Now() + timedelta(seconds=seconds))


def pause(caller: Caller, *, seconds: float) -> None:
    """The caller's business unit, until so many seconds from now; negative: until a moment ago."""
    with tenant_scope(caller.tenant_id):
        units = BusinessUnit.objects.filter(id=caller.business_unit_id)
        units.update(paused_until=Now() + timedelta(seconds=seconds))


def unpause(caller: Caller) -> None:
    with tenant_scope(caller.tenant_id):
        BusinessUnit.objects.filter(id=caller.business_unit_id).update(paused_until=None)
