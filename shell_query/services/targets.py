"""Who may write into a data extension: one run at a time, or any number that only append."""

from dataclasses import dataclass

from django.db import connection

from shell_query.errors import TargetBusy
from shell_query.models import Run
from shell_query.targets import UpdateType
from tenants.callers import Caller

# When somebody who found it busy should come back: a run takes minutes.
RETRY_AFTER = 30.0
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(lower(%s), 0))"


@dataclass(frozen=True)
class NewTarget:
    """The existing data extension that a client names."""

    customer_key: str
    update_type: UpdateType


def claim_target(caller: Caller, target: NewTarget) -> None:
    """The right to write into the target, for the run that is inserted next in this transaction. Raises TargetBusy.

    Runs of the whole business unit count, whoever made them. Lock first, look in the next statement: it then sees what
    whoever held the lock has committed. There is no row to lock: the first run into a target finds none. A run that was
    canceled or whose outcome is unknown does not count, though Marketing Cloud may be at it for some minutes: whoever
    canceled it was told.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"{caller.tenant_id}/{caller.business_unit_id}/{target.customer_key}"])
    writing = Run.objects.active().writing_to(
        business_unit_id=caller.business_unit_id,
        key=target.customer_key,
    )
    if target.update_type is UpdateType.APPEND:
        writing = writing.exclude(target_update_type=UpdateType.APPEND)
    if writing.exists():
        raise TargetBusy(
            "Another run is writing into this data extension; wait for its end. Only appends go on side by side.",
            retry_after=RETRY_AFTER,
        )
