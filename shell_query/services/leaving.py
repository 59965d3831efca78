"""A tenant leaves: nobody may act any more, what stands in Marketing Cloud goes, then every row."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from events.models import Event
from mce_bridge.account import Account
from mce_bridge.errors import NoConnection
from mce_bridge.models import Connection, State
from mce_bridge.services import open_account
from shell_query.models import Run
from shell_query.services.pruning import until_none
from shell_query.sweeper.assets import look_through
from shell_query.sweeper.turn import Tally, remove
from tenants.context import tenant_scope
from tenants.models import ApiKey, BusinessUnit, Tenant, User
from tenants.pruning import delete_some
from tenants.services.audit import Actor
from tenants.services.members import deactivate

# For the listing of one business unit, however much lies in it.
LISTING_SECONDS = 300


@dataclass(frozen=True)
class Held:
    """What a tenant has here."""

    name: str
    users: int
    keys: int
    connections: int
    runs: int


def look_at(tenant_id: UUID) -> Held:
    with tenant_scope(tenant_id):
        return Held(
            name=Tenant.objects.get().name,
            users=User.objects.count(),
            keys=ApiKey.objects.count(),
            connections=Connection.objects.count(),
            runs=Run.objects.count(),
        )


def shut_out(tenant_id: UUID, *, actor: Actor) -> int:
    """Everybody, for good: sessions, tokens and keys open nothing, and what runs is canceled. How many there were."""
    with tenant_scope(tenant_id):
        # Nobody new comes in between: ensure_user waits, and then finds nobody who may act.
        Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
        users = list(User.objects.filter(is_active=True).values_list("id", flat=True))
        for user_id in users:
            deactivate(tenant_id=tenant_id, user_id=user_id, actor=actor)
    return len(users)


def wait_for_steps(tenant_id: UUID) -> None:
    """Until no worker can be in the middle of one, whose call to Marketing Cloud would make something behind us."""
    # A lease ends by itself: this takes LEASE_SECONDS at most.
    while under_way(tenant_id):
        time.sleep(0.2)


def under_way(tenant_id: UUID) -> bool:
    with tenant_scope(tenant_id):
        return Run.objects.filter(claim_token__isnull=False, wake_at__gt=Now()).exists()


def units_to_clear(tenant_id: UUID) -> list[BusinessUnit]:
    with tenant_scope(tenant_id):
        return list(BusinessUnit.objects.all())


def clear_unit(unit: BusinessUnit) -> Tally:
    """Removes whatever our runs made in it, however young. Raises NoConnection and what Marketing Cloud answers."""
    account = some_account(unit)
    tally = Tally()
    for asset, may_go in list(look_through(account, before=tomorrow())):
        if may_go:
            remove(account.with_deadline(settings.STEP_DEADLINE_SECONDS), asset, tally)
    return tally


def some_account(unit: BusinessUnit) -> Account:
    """Over any connection that works: what we made can be removed by whoever may. Raises NoConnection."""
    for user_id in connected_users(unit):
        return open_account(
            tenant_id=unit.tenant_id, business_unit_id=unit.id, user_id=user_id, seconds=LISTING_SECONDS
        )
    raise NoConnection


def connected_users(unit: BusinessUnit) -> Iterator[UUID | None]:
    """None, which stands for client credentials, first."""
    with tenant_scope(unit.tenant_id):
        working = Connection.objects.filter(business_unit=unit, state=State.ACTIVE)
        found = list(working.order_by("user").values_list("user_id", flat=True))
    yield from sorted(found, key=lambda user_id: user_id is not None)


def tomorrow() -> datetime:
    """Nothing is too young to go, also by a clock of Marketing Cloud's that is ahead of ours."""
    return timezone.now() + timedelta(days=1)


def erase(tenant_id: UUID) -> None:
    """Every row of the tenant: the many in batches, the rest with the tenant itself, the audit by the database."""
    until_none(tenant_id, lambda: delete_some(Event.objects.order_by("subject_id", "sequence")))
    until_none(tenant_id, lambda: delete_some(Run.objects.all()))
    with tenant_scope(tenant_id):
        Tenant.objects.filter(id=tenant_id).delete()
