"""The worker's side: the steps of a run, a turn of a sweep, and what beat sends."""

from celery import shared_task

from leases.doorbell import answer
from leases.going_on import go_on
from qspro.tracing import span
from shell_query.engine.advance import advance
from shell_query.models import Run, UnitSweep
from shell_query.services.pruning import prune_all
from shell_query.sweeper import alarms
from shell_query.sweeper.turn import take_turn
from tenants.celery import TenantTask


@shared_task(name="shell_query.advance_run", base=TenantTask, soft_time_limit=60, time_limit=75)
def advance_run(*, tenant_id: str, row_id: str, claim_token: str | None) -> None:
    """Takes the claimed run further, and then others that are due, of any tenant.

    Without a token, right after its submission, it is claimed first.
    """
    claim = answer(Run, tenant_id=tenant_id, row_id=row_id, claim_token=claim_token)
    if claim is not None:
        go_on(Run, claim, advance)


@shared_task(name="shell_query.sweep_unit", base=TenantTask, soft_time_limit=60, time_limit=75)
def sweep_unit(*, tenant_id: str, row_id: str, claim_token: str) -> None:
    """One turn of the claimed sweep; the tick rings for the next one."""
    claim = answer(UnitSweep, tenant_id=tenant_id, row_id=row_id, claim_token=claim_token)
    if claim is not None:
        with span("sweep_unit", {}, kind="task"):
            take_turn(claim)


@shared_task(name="shell_query.plan_sweeps")
def plan_sweeps() -> None:
    """Sent by beat as often as sweeps are wanted."""
    alarms.plan()


@shared_task(name="shell_query.prune", soft_time_limit=3600, time_limit=3660)
def prune() -> None:
    prune_all()
