"""One tenant's five hundred runs on a slow Marketing Cloud beside another's single one, and whom trouble holds back."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.db.models.functions import Now
from redis import Redis

from leases.claims import Claim
from leases.services import claim_due
from shell_query.engine.advance import advance
from shell_query.models import Run
from shell_query.services import cancel_run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tests.cast import Cast
from tests.leases.crowd import crowd, flying, pause, unpause
from tests.sandbox import Sandbox
from tests.shell_query.driver import claim, drive, look_up, submit

SQL = "SELECT StoreID FROM Stores"
SLOTS = 10
CAP = 4


class Workers:
    """SLOTS threads that take claims further, and a tick that fills them."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool
        self.busy: list[Future[None]] = []

    def tick(self) -> list[Claim]:
        self.busy = [future for future in self.busy if not future.done()]
        claims = claim_due(Run, most=SLOTS - len(self.busy))
        self.busy += [self.pool.submit(self.work, each) for each in claims]
        return claims

    def work(self, each: Claim) -> None:
        try:
            advance(each)
        finally:
            connections.close_all()


@contextmanager
def workers() -> Iterator[Workers]:
    with ThreadPoolExecutor(SLOTS) as pool:
        yield Workers(pool)


def most_at_once(calls: list[dict[str, Any]], mid: int) -> int:
    """How many of the business unit's calls were under way at the same time; the log has milliseconds."""
    moments: list[tuple[datetime, int]] = []
    for call in calls:
        if call["mid"] == mid:
            end = datetime.fromisoformat(call["time"])
            moments += [(end - timedelta(milliseconds=call["milliseconds"] - 2), 1), (end, -1)]
    most = now = 0
    for _, step in sorted(moments):
        now += step
        most = max(most, now)
    return most


def is_waiting(caller: Caller, run_id: UUID) -> bool:
    """Due, and claimed by nobody."""
    with tenant_scope(caller.tenant_id):
        return Run.objects.filter(id=run_id, claim_token__isnull=True, wake_at__lte=Now()).exists()


def make_due(caller: Caller, run_id: UUID) -> None:
    with tenant_scope(caller.tenant_id):
        Run.objects.filter(id=run_id).update(wake_at=Now())


def test_beside_five_hundred_slow_runs_anothers_run_is_taken_up_at_each_tick(
    connected: Cast, mce: Sandbox, redis: Redis, settings: Any
) -> None:
    settings.MCE_CALLS_PER_UNIT = CAP
    mce.dial(latency_ms=150)
    noisy, quiet = connected.alice.caller, connected.mallory.caller
    crowd(noisy, 500, waited=3600)
    passed_over = 0
    with workers() as working:
        for _ in range(5):
            working.tick()
            time.sleep(0.1)
        run_id = submit(quiet, SQL)
        make_due(quiet, run_id)
        assert run_id in {each.row_id for each in working.tick()}
        while look_up(quiet, run_id).status != "ready":
            was_waiting = is_waiting(quiet, run_id)
            working.tick()
            passed_over += was_waiting and is_waiting(quiet, run_id)
            assert flying(noisy) <= CAP
            time.sleep(0.05)
    assert passed_over == 0
    assert 1 < most_at_once(mce.calls(), noisy.mid) <= CAP
    with tenant_scope(noisy.tenant_id):
        assert Run.objects.filter(user_id=noisy.user_id, claims=0).count() > 300


def test_throttling_holds_back_the_whole_unit_and_nobody_else(
    connected: Cast, mce: Sandbox, redis: Redis, settings: Any
) -> None:
    settings.MCE_PAUSE_SECONDS = 60
    noisy, quiet = connected.alice.caller, connected.mallory.caller
    crowd(noisy, 20, waited=60)
    mce.fault("*", "rate_limited")
    (first, *others) = claim_due(Run, most=8)
    advance(first)
    before = len(mce.calls())
    for each in others:  # they were on their way
        advance(each)
    assert len(mce.calls()) == before
    assert claim_due(Run, most=100) == []
    with tenant_scope(noisy.tenant_id):
        unit = BusinessUnit.objects.get(id=noisy.business_unit_id)
        assert set(Run.objects.filter(claims=1).values_list("last_trouble", flat=True)) == {
            "mce_throttled",
            "mce_paused",
        }
        assert not Run.objects.filter(claims=1, wake_at__lt=unit.paused_until).exists()
    unpause(noisy)
    assert drive(quiet, submit(quiet, SQL)).status == "ready"


def test_after_the_pause_one_run_asks_and_its_answer_lets_the_others_go_on(
    connected: Cast, mce: Sandbox, redis: Redis
) -> None:
    alice = connected.alice.caller
    crowd(alice, 20, waited=60)
    pause(alice, seconds=-1)
    (probe,) = claim_due(Run, most=100)
    assert claim_due(Run, most=100) == []
    advance(probe)
    assert len(claim_due(Run, most=100)) == 8


def test_a_run_whose_unit_is_paused_is_told_in_time_that_it_is_over_and_nothing_is_asked(
    connected: Cast, mce: Sandbox, redis: Redis, settings: Any
) -> None:
    settings.RUN_START_TIMEOUT_SECONDS = 0
    alice = connected.alice.caller
    run_id = submit(alice, SQL)
    pause(alice, seconds=600)
    (each,) = claim_due(Run, most=100)
    advance(each)
    run = look_up(alice, run_id)
    assert (run.status, run.error_code, run.expires_at) == ("failed", "could_not_start", None)
    assert mce.calls() == []


def test_a_run_in_marketing_cloud_expires_when_its_time_there_is_over(
    connected: Cast, mce: Sandbox, redis: Redis
) -> None:
    mce.hold()
    alice = connected.alice.caller
    run = drive(alice, submit(alice, SQL), until="executing")
    assert run.started_at is not None
    assert run.expires_at == run.started_at + timedelta(minutes=29)


@pytest.mark.usefixtures("redis")
def test_a_canceled_run_whose_call_is_on_the_wire_still_counts(connected: Cast, settings: Any) -> None:
    settings.MCE_CALLS_PER_UNIT = 2
    alice = connected.alice.caller
    for _ in range(2):
        run_id = submit(alice, SQL)
        claim(alice, run_id)
        cancel_run(caller=alice, run_id=run_id)
    crowd(alice, 5)
    assert (flying(alice), claim_due(Run, most=100)) == (2, [])
