"""A worker in the test's own process: claims what is due and takes it further, with the engine's own functions."""

import time
from uuid import UUID

from leases.claiming import claim_new
from leases.claims import Claim
from leases.models import held
from leases.services import claim_due, give_back
from qspro.logging import told
from shell_query.engine.advance import take_step
from shell_query.engine.record import ClaimLost
from shell_query.engine.step import Turn
from shell_query.models import Run
from shell_query.serializers import submitted
from shell_query.services import NewRun, NewTarget, submit_run
from tenants.callers import Caller
from tenants.context import tenant_scope

# More turns than any test needs; a run that is still not done then never will be.
TURNS = 2000


def submit(caller: Caller, sql: str, snippet_name: str = "", target: NewTarget | None = None) -> UUID:
    new = NewRun(sql, snippet_name, target)
    answer, _ = submit_run(caller=caller, new=new, idempotency_key=None, answer=submitted)
    return UUID(answer["runId"])


def claim(caller: Caller, run_id: UUID) -> Claim:
    found = claim_new(Run, tenant_id=caller.tenant_id, row_id=run_id)
    assert found is not None
    return found


def look_up(caller: Caller, run_id: UUID) -> Run:
    with tenant_scope(caller.tenant_id):
        return Run.objects.get(id=run_id)


def drive(caller: Caller, run_id: UUID, *, until: str = "cleaned") -> Run:
    """Until the run's status or stage is `until`; by default until it has ended and is cleaned up or abandoned."""
    for _ in range(TURNS):
        run = look_up(caller, run_id)
        if until in {run.status, run.stage} or (until == "cleaned" and (run.assets_cleaned_at or run.abandoned)):
            return run
        for due in [claim(caller, run_id)] if run.claims == 0 else claim_due(Run, most=10):
            go_on(due, until)
        time.sleep(0.01)
    raise AssertionError(f"still {run.status} {run.stage} {run.last_trouble}")


def go_on(due: Claim, until: str) -> None:
    """As a worker would, but no further than `until`: what is left then is due."""
    turn = Turn()
    try:
        while told_step(due, turn):
            with tenant_scope(due.tenant_id):
                run = Run.objects.get(id=due.row_id)
            if until in {run.status, run.stage}:
                stop(due)
                return
    except ClaimLost:
        return


def told_step(due: Claim, turn: Turn) -> bool:
    with told(tenant_id=str(due.tenant_id), run_id=str(due.row_id)):
        return take_step(due, turn)


def stop(due: Claim) -> None:
    """The next step has begun by now: it is not."""
    with tenant_scope(due.tenant_id):
        Run.objects.filter(held(due)).update(step_began_at=None)
    give_back(Run, due)


def run_sql(caller: Caller, sql: str, snippet_name: str = "", target: NewTarget | None = None) -> Run:
    return drive(caller, submit(caller, sql, snippet_name, target))
