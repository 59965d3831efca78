"""The only place that writes a unit's sweep: plans, claims, and what a turn came to. Fenced by the claim."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from leases.claims import Claim
from leases.models import held
from leases.services import lease
from shell_query.models import UnitSweep
from tenants.context import tenant_scope

# A business unit that was just connected has nothing to sweep.
REST = timedelta(hours=1)
# An alarm that is later than this rang while nothing ran. All units' alarms did: they are spread again.
LATE = timedelta(minutes=10)


def plan() -> int:
    """Sets the alarm of each connected business unit that has none; how many. Doing it again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shell_query_unitsweep_plan(%s, %s)", [settings.SWEEP_SPREAD_SECONDS, REST.total_seconds()]
        )
        return int(cursor.fetchone()[0])


def is_late(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and now > due_at + LATE


def claim_now(*, tenant_id: UUID, business_unit_id: UUID) -> Claim | None:
    """Claims a unit's sweep for somebody who wants it now; None while another is at it."""
    with tenant_scope(tenant_id):
        row, _ = UnitSweep.objects.get_or_create(tenant_id=tenant_id, business_unit_id=business_unit_id)
        claim = Claim(tenant_id, row.id, uuid4())
        free = Q(claim_token__isnull=True) | Q(wake_at__lte=Now())
        claimed = UnitSweep.objects.filter(free, id=row.id).update(
            claim_token=claim.token, due_at=Now(), wake_at=Now() + lease(), step_began_at=None, lapses=0
        )
    return claim if claimed else None


def load(claim: Claim) -> UnitSweep | None:
    """The sweep with the database's `now`, if the claim still holds it."""
    with tenant_scope(claim.tenant_id):
        return UnitSweep.objects.annotate(now=Now()).filter(held(claim)).first()


def move(claim: Claim) -> bool:
    """A late alarm is set to a random moment of the time over which sweeps are spread. False if the claim is lost."""
    return give_back(claim, {}, seconds=random.random() * settings.SWEEP_SPREAD_SECONDS)  # noqa: S311


def give_back(claim: Claim, changes: Mapping[str, Any], *, seconds: float | None) -> bool:
    """A turn is over: the next one is due in `seconds`, None leaves it to the plan. False if the claim is lost."""
    alarm = None if seconds is None else Now() + timedelta(seconds=seconds)
    fields = {**changes, "claim_token": None, "step_began_at": None, "lapses": 0, "wake_at": alarm, "due_at": alarm}
    with tenant_scope(claim.tenant_id):
        return bool(UnitSweep.objects.filter(held(claim)).update(**fields))
