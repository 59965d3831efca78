"""What operators may do with anybody's run. Each is one guarded UPDATE; True if it was this call that did it.

The next tick, within a second, finds what was made due.
"""

from uuid import UUID

from shell_query.engine import failures, record
from shell_query.errors import EndedByOperator
from shell_query.models import Run
from tenants.context import tenant_scope


def cancel_any_run(*, tenant_id: UUID, run_id: UUID) -> bool:
    with tenant_scope(tenant_id):
        return record.cancel(tenant_id=tenant_id, run_id=run_id)


def fail_run(*, tenant_id: UUID, run_id: UUID, reason: str) -> bool:
    """`reason` is shown to the run's owner.

    The row is locked first: whether the query may have written is then known for good (engine/failures.py).
    """
    with tenant_scope(tenant_id):
        run = Run.objects.select_for_update().filter(id=run_id).first()
        if run is None or run.is_final:
            return False
        ended = failures.failed(EndedByOperator(f"{EndedByOperator.title}: {reason}"), run)
        return record.end_now(ended, tenant_id=tenant_id, run_id=run_id)


def look_now(*, tenant_id: UUID, run_id: UUID) -> bool:
    """Ends a run's wait, for its next look or after trouble."""
    return record.wake(tenant_id=tenant_id, run_id=run_id)


def clean_up_now(*, tenant_id: UUID, run_id: UUID) -> bool:
    return record.clean_up(tenant_id=tenant_id, run_id=run_id)
