"""Sweeping by hand: what the sweeper would remove from a business unit, and removing it now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from mce_bridge.services import open_account
from shell_query.models import UnitSweep
from shell_query.sweeper.alarms import claim_now
from shell_query.sweeper.assets import Asset, look_through
from shell_query.sweeper.turn import Turn, take_turn
from tenants.context import tenant_scope
from tenants.models import Action, BusinessUnit
from tenants.services import all_tenants, find_tenant
from tenants.services.audit import SYSTEM, Actor, note

# For the listing of one business unit, however many pages it has.
PREVIEW_SECONDS = 300


@dataclass(frozen=True)
class Unit:
    tenant_id: UUID
    business_unit_id: UUID
    mid: int
    name: str


@dataclass(frozen=True)
class Swept:
    """`turn` says how far it came; `trouble` is the code of what stood in the way."""

    turn: Turn
    deleted: int
    kept: int
    refused: int
    trouble: str


def connected_units(*, enterprise_id: str | None, mid: int | None) -> list[Unit]:
    """The business units that client credentials connect: of one enterprise or of all, with one MID or with any."""
    if enterprise_id is None:
        tenants = all_tenants()
    else:
        found = find_tenant(enterprise_id)
        tenants = [found] if found else []
    return [unit for tenant_id in tenants for unit in units_of(tenant_id) if mid in {None, unit.mid}]


def units_of(tenant_id: UUID) -> list[Unit]:
    with tenant_scope(tenant_id):
        connected = BusinessUnit.objects.filter(connections__isnull=False, connections__user=None)
        return [Unit(tenant_id, unit.id, unit.mid, unit.name) for unit in connected]


def preview(unit: Unit) -> Iterator[tuple[Asset, bool]]:
    """Everything of ours, and whether a sweep would remove it. Raises what MCE answers."""
    account = open_account(
        tenant_id=unit.tenant_id,
        business_unit_id=unit.business_unit_id,
        user_id=None,
        seconds=PREVIEW_SECONDS,
    )
    with tenant_scope(unit.tenant_id):
        now = BusinessUnit.objects.annotate(now=Now()).get(id=unit.business_unit_id).now
    yield from look_through(account, before=now - timedelta(seconds=settings.SWEEP_AGE_SECONDS))


def sweep_now(unit: Unit, *, actor: Actor = SYSTEM) -> Swept:
    """Turn after turn, until everything was seen, trouble came, or a worker has the sweep.

    The audit has it before the first turn: what a turn removes is gone, whatever becomes of us.
    """
    with tenant_scope(unit.tenant_id):
        note(Action.SWEPT, tenant_id=unit.tenant_id, actor=actor, subject=unit.business_unit_id, mid=unit.mid)
    turn = Turn.MORE
    while turn is Turn.MORE:
        claim = claim_now(tenant_id=unit.tenant_id, business_unit_id=unit.business_unit_id)
        turn = take_turn(claim) if claim is not None else Turn.LOST
    with tenant_scope(unit.tenant_id):
        row = UnitSweep.objects.get(business_unit_id=unit.business_unit_id)
    return Swept(turn, row.deleted, row.kept, len(row.refused), row.last_trouble)
