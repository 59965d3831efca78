"""How much of one business unit is done at once, so that one customer's thousand rows leave the others alone.

A claimed row makes one call at a time, so the rows claimed bound the calls. The tick's claim keeps to it by itself
(leases/turns.py); here is the same for one row that is claimed without it.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from leases.models import Paced, in_flight
from tenants.models import BusinessUnit

# An enterprise has so many rows where others have one, and counts as waiting so many seconds longer.
ENTERPRISE_SHARE = 4
ENTERPRISE_START_SECONDS = 30.0
# What has been due for so long was passed over by a tick, for want of room.
PASSED_OVER = timedelta(seconds=2)


def may_claim(model: type[Paced], row_id: UUID) -> bool:
    """Whether one more row of this row's unit may be claimed now, ahead of the tick. Within the scope of the claim.

    Lock first, count in the next statement: it then sees what whoever held the lock has claimed. Rows that are
    waiting for room go first.
    """
    rows = model._default_manager
    unit_ids = rows.filter(id=row_id).values("business_unit_id")
    unit = BusinessUnit.objects.select_for_update(no_key=True).filter(id__in=unit_ids).first()
    if unit is None or unit.paused_until is not None:
        return False
    others = rows.filter(business_unit_id=unit.id).exclude(id=row_id)
    if others.filter(wake_at__lte=Now() - PASSED_OVER).exists():
        return False
    return others.filter(in_flight()).count() < settings.MCE_CALLS_PER_UNIT
