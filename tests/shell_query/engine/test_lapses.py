"""Runs whose workers die: the one that kills them is given up, those beside it are not."""

from datetime import timedelta

from django.db.models.functions import Now

from leases.services import claim_due
from shell_query.engine import record
from shell_query.engine.advance import LAPSES, advance
from shell_query.models import Run
from shell_query.states import Stage
from tenants.callers import Caller
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, look_up, submit

SQL = "SELECT StoreID FROM Stores"


def ring_now(run: Run) -> None:
    with tenant_scope(run.tenant_id):
        Run.objects.filter(id=run.id).update(wake_at=Now() - timedelta(seconds=1))


def worker_dies_in_a_step(caller: Caller, run: Run) -> None:
    """What a SIGKILL in the middle of a step leaves: a lease that ends."""
    ring_now(run)
    for claim in claim_due(Run, most=1):
        with tenant_scope(claim.tenant_id):
            record.begin(claim, stage=Stage.VALIDATING)
    ring_now(run)


def advance_due() -> None:
    for claim in claim_due(Run, most=1):
        advance(claim)


def test_before_its_last_try_a_run_waits_for_those_beside_it_to_go_on(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    run = look_up(alice, submit(alice, SQL))
    for _ in range(LAPSES - 1):
        worker_dies_in_a_step(alice, run)
    advance_due()
    apart = look_up(alice, run.id)
    assert (apart.lapses, apart.last_trouble, apart.claim_token, mce.calls()) == (LAPSES - 1, "worker_lost", None, [])
    assert claim_due(Run, most=1) == []
    ring_now(run)
    after = drive(alice, run.id, until="ready")
    assert (after.status, after.lapses) == ("ready", 0)


def test_a_run_that_kills_its_worker_three_times_is_given_up(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    run = look_up(alice, submit(alice, SQL))
    for _ in range(LAPSES - 1):
        worker_dies_in_a_step(alice, run)
    advance_due()
    worker_dies_in_a_step(alice, run)
    after = drive(alice, run.id)
    assert (after.status, after.error_code, after.lapses) == ("failed", "worker_lost", 0)
    assert mce.calls("Create") == []
