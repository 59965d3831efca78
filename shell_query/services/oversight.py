"""What operators may do with anybody's run. Each is one guarded UPDATE; True if it was this call that did it.

Then the tenant's audit has it, from the same transaction: there is no such deed without its entry. The next tick,
within a second, finds what was made due.
"""

from uuid import UUID

from shell_query.engine import failures, record
from shell_query.errors import EndedByOperator
from shell_query.models import Run
from tenants.context import tenant_scope
from tenants.models import Action
from tenants.services.audit import Actor, note


def cancel_any_run(*, tenant_id: UUID, run_id: UUID, actor: Actor, what: str) -> bool:
    """`what` is how the audit calls it, here and below."""
    with tenant_scope(tenant_id):
        done = record.cancel(tenant_id=tenant_id, run_id=run_id)
        return noted(done, tenant_id=tenant_id, run_id=run_id, actor=actor, what=what)


def fail_run(*, tenant_id: UUID, run_id: UUID, actor: Actor, what: str, reason: str) -> bool:
    """`reason` is shown to the run's owner.

    The row is locked first: whether the query may have written is then known for good (engine/failures.py).
    """
    with tenant_scope(tenant_id):
        run = Run.objects.select_for_update().filter(id=run_id).first()
        if run is None or run.is_final:
            return False
        ended = failures.failed(EndedByOperator(f"{EndedByOperator.title}: {reason}"), run)
        done = record.end_now(ended, tenant_id=tenant_id, run_id=run_id)
        return noted(done, tenant_id=tenant_id, run_id=run_id, actor=actor, what=what)


def look_now(*, tenant_id: UUID, run_id: UUID, actor: Actor, what: str) -> bool:
    """Ends a run's wait, for its next look or after trouble."""
    with tenant_scope(tenant_id):
        done = record.wake(tenant_id=tenant_id, run_id=run_id)
        return noted(done, tenant_id=tenant_id, run_id=run_id, actor=actor, what=what)


def clean_up_now(*, tenant_id: UUID, run_id: UUID, actor: Actor, what: str) -> bool:
    with tenant_scope(tenant_id):
        done = record.clean_up(tenant_id=tenant_id, run_id=run_id)
        return noted(done, tenant_id=tenant_id, run_id=run_id, actor=actor, what=what)


def noted(done: bool, *, tenant_id: UUID, run_id: UUID, actor: Actor, what: str) -> bool:
    if done:
        note(Action.STAFF_ACTED, tenant_id=tenant_id, actor=actor, subject=run_id, what=what)
    return done
