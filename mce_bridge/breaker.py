"""The breaker of a business unit: a unit that Marketing Cloud throttles, or fails several times in a row, is paused.

Closed: everything may be asked. Open until `paused_until`: nothing is sent in the unit's name, `Paused` says when to
come back, and leases claims nothing of it (leases/paced_operations.py). After that it is half open: leases lets one row
at a time through. The first good answer closes it, the first trouble pauses it again, twice as long, up to a minute.
Where MCE says how long to wait, the whole unit waits so long.

Operators use the same pause to leave a tenant alone, until they release it.

The state is in the business unit's row, so that all processes share it, also while Redis is away. Nothing is written
while all goes well.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from mce_bridge.errors import (
    AccessDenied,
    AlreadyExists,
    AnswerLost,
    Blocked,
    GenericFailure,
    MceError,
    NotThere,
    Paused,
    Rejected,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from tenants.context import tenant_scope
from tenants.models import HELD, HELD_FOR, Action, BusinessUnit, Tenant
from tenants.services.audit import Actor, note

logger = logging.getLogger(__name__)

# So many calls failed in a row, all within so many seconds: this is no accident of one call.
TROUBLES = 5
WITHIN = timedelta(seconds=60)
LONGEST = 60.0
# MCE says that it has blocked the client, and not for how long.
BLOCKED = 60.0

CLOSED: dict[str, Any] = {"troubles": 0, "troubled_at": None, "pauses": 0, "paused_until": None, "pause_reason": ""}


@dataclass
class Breaker:
    """As one account sees it. `is_calm`: there was nothing to remember when it was opened."""

    tenant_id: UUID
    business_unit_id: UUID
    is_calm: bool

    @classmethod
    def of(cls, unit: BusinessUnit, now: datetime) -> "Breaker":
        """Raises Paused."""
        if unit.paused_until is not None and unit.paused_until > now:
            raise paused(unit, (unit.paused_until - now).total_seconds())
        return cls(unit.tenant_id, unit.id, is_calm=unit.troubles == 0 and unit.paused_until is None)

    def heed(self, error: MceError) -> None:
        """What MCE's error says of the unit as a whole."""
        if is_trouble(error):
            self.is_calm = False
            self.change(error)
        elif isinstance(error, Rejected | NotThere | AlreadyExists | AccessDenied):
            self.went_well()

    def went_well(self) -> None:
        if self.is_calm:
            return
        self.is_calm = True
        self.change(None)

    def change(self, error: MceError | None) -> None:
        """Lock first, so that of many troubles at once each counts."""
        with tenant_scope(self.tenant_id):
            units = BusinessUnit.objects.filter(id=self.business_unit_id)
            unit = units.select_for_update(no_key=True).annotate(now=Now()).get()
            changes = after_trouble(unit, unit.now, error) if error else after_success(unit, unit.now)
            if changes:
                units.update(**changes)
        if changes and "paused_until" in changes:
            logger.warning(
                "Business unit %s is %s %s",
                self.business_unit_id,
                "paused:" if changes["paused_until"] else "asked again.",
                changes["pause_reason"],
            )


def paused(unit: BusinessUnit, seconds: float) -> Paused:
    if unit.pause_reason == HELD:
        # Nobody knows when it ends: whoever waits looks again soon.
        return Paused("An operator has paused this business unit; ask again later.", retry_after=LONGEST)
    return Paused(
        f"It had trouble with this business unit ({unit.pause_reason}); ask again later.", retry_after=seconds
    )


def hold(tenant_id: UUID, *, actor: Actor) -> int:
    """An operator pauses all business units of a tenant, until release(), and those that are connected meanwhile
    (BusinessUnit.save); how many there are. No answer of MCE's ends it."""
    with tenant_scope(tenant_id):
        Tenant.objects.filter(id=tenant_id).update(paused_at=Now())
        note(Action.STAFF_ACTED, tenant_id=tenant_id, actor=actor, subject=tenant_id, what="Paused")
        return BusinessUnit.objects.update(paused_until=Now() + HELD_FOR, pause_reason=HELD)


def release(tenant_id: UUID, *, actor: Actor) -> int:
    """Those that an operator paused are asked again at once, as if nothing had been."""
    with tenant_scope(tenant_id):
        Tenant.objects.filter(id=tenant_id).update(paused_at=None)
        note(Action.STAFF_ACTED, tenant_id=tenant_id, actor=actor, subject=tenant_id, what="Resumed")
        return BusinessUnit.objects.filter(pause_reason=HELD).update(**CLOSED)


def is_trouble(error: MceError) -> bool:
    """Whether it speaks of MCE, not of what was asked. GenericFailure is often about one object that MCE dislikes."""
    if isinstance(error, Paused | GenericFailure):
        return False
    return isinstance(error, Throttled | Blocked | Unreachable | ServerTrouble | AnswerLost)


def after_trouble(unit: BusinessUnit, now: datetime, error: MceError) -> dict[str, Any]:
    """What changes in the unit's row. Pure."""
    in_a_row = unit.troubled_at is not None and unit.troubled_at > now - WITHIN
    troubles = unit.troubles + 1 if in_a_row else 1
    changes: dict[str, Any] = {"troubles": troubles, "troubled_at": unit.troubled_at if in_a_row else now}
    asked_to_wait = isinstance(error, Throttled | Blocked) or error.retry_after is not None
    if unit.paused_until is not None and unit.paused_until > now:
        # One that was on its way when the pause began: it can prolong it, if MCE says so, and is no further sign.
        if not error.retry_after or unit.pause_reason == HELD:
            return changes
        until = max(unit.paused_until, now + timedelta(seconds=error.retry_after))
        return {**changes, "paused_until": until, "pause_reason": error.code}
    if not asked_to_wait and unit.paused_until is None and troubles < TROUBLES:
        return changes
    pauses = min(unit.pauses + 1, 100)
    until = now + timedelta(seconds=pause(pauses, error))
    return {**changes, "pauses": pauses, "paused_until": until, "pause_reason": error.code}


def pause(pauses: int, error: MceError) -> float:
    """Seconds of the `pauses`th pause in a row."""
    if error.retry_after:
        return error.retry_after
    if isinstance(error, Blocked):
        return BLOCKED
    first: float = settings.MCE_PAUSE_SECONDS
    return min(LONGEST, first * 2.0 ** min(pauses - 1, 10))


def after_success(unit: BusinessUnit, now: datetime) -> dict[str, Any]:
    """A good answer to what was asked before a pause began says nothing about the pause. Pure."""
    is_paused = unit.paused_until is not None and unit.paused_until > now
    if is_paused or (unit.troubles == 0 and unit.paused_until is None):
        return {}
    return CLOSED if unit.paused_until else {"troubles": 0, "troubled_at": None}
