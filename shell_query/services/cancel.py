"""Canceling a run: at once, whatever is being done with it."""

from uuid import UUID

from shell_query.engine import record
from shell_query.errors import RunEnded, RunNotFound
from shell_query.models import Run
from shell_query.states import Status
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import Action
from tenants.services.audit import Actor, note


def cancel_run(*, caller: Caller, run_id: UUID) -> Run:
    """Doing it again answers the same. Raises RunNotFound, RunEnded."""
    with tenant_scope(caller.tenant_id):
        mine = Run.objects.for_caller(caller).filter(id=run_id)
        if not mine.exists():
            raise RunNotFound
        if record.cancel(tenant_id=caller.tenant_id, run_id=run_id):
            note(Action.RUN_CANCELED, tenant_id=caller.tenant_id, actor=Actor.caller(caller), subject=run_id)
        run = mine.get()
    if run.status != Status.CANCELED:
        raise RunEnded(f"The run is {run.status} already.")
    return run
