"""Without a message: who has taken a row further begins the next one that is due, or waits for it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from celery.concurrency.thread import TaskPool
from celery.worker import state
from django.db import connection, connections
from django.db.models.functions import Now
from redis import Redis

from leases import going_on, pauses, ringing, workers
from leases.claims import Claim
from leases.going_on import begin_next, go_on, ring_next, wait_for_next
from leases.models import held
from leases.paced_operations import REACH
from leases.rooms import Room, few, rooms
from leases.services import claim_due
from shell_query.models import Run
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.leases.crowd import crowd, flying, land, pause, whose
from tests.threads import at_once

HOUR = 3600.0


@pytest.fixture(autouse=True)
def cap(settings: Any) -> int:
    settings.MCE_CALLS_PER_UNIT = 5
    return 5


@pytest.fixture(autouse=True)
def asked_each_time(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms.clear()
    monkeypatch.setattr(Room, "OLD_SECONDS", 0.0)


def test_a_place_that_becomes_free_goes_to_the_next_of_the_same_unit(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    crowd(alice, 10)
    crowd(cast.mallory.caller, 10, waited=HOUR)
    claims = [claim for claim in claim_due(Run, most=100) if claim.tenant_id == alice.tenant_id]
    assert begin_next(Run) is None  # it is not free yet
    land(claims[:1])
    next_one = begin_next(Run)
    assert next_one is not None
    assert (next_one.tenant_id, redis.llen("runs"), flying(alice), begin_next(Run)) == (alice.tenant_id, 0, 5, None)


def test_what_is_gone_on_with_is_begun_in_the_worker_s_name(cast: Cast) -> None:
    crowd(cast.alice.caller, 1)
    next_one = begin_next(Run)
    assert next_one is not None
    with tenant_scope(next_one.tenant_id):
        run = Run.objects.get(held(next_one))
    assert (run.held_by, run.step_began_at is None, run.claims, run.lapses) == (workers.name(), False, 1, 0)


def test_the_longest_due_of_any_unit_is_gone_on_with(cast: Cast) -> None:
    crowd(cast.alice.caller, 2)
    (oldest,) = crowd(cast.mallory.caller, 1, waited=10)
    (older,) = crowd(cast.alice.caller, 1, waited=5)
    assert [claim.row_id for _ in range(2) if (claim := begin_next(Run))] == [oldest, older]


def test_behind_many_that_wait_for_room_the_tick_finds_those_that_need_not(cast: Cast) -> None:
    noisy, quiet = cast.alice.caller, cast.mallory.caller
    crowd(noisy, 5 + REACH - 1, waited=HOUR)
    claim_due(Run, most=100)
    crowd(quiet, 1)
    claimed = begin_next(Run)
    assert claimed is not None
    assert claimed.tenant_id == quiet.tenant_id
    crowd(noisy, 1, waited=HOUR)
    crowd(quiet, 1)
    assert begin_next(Run) is None
    assert whose(claim_due(Run, most=100), noisy, quiet) == [1]


def test_of_a_unit_that_is_paused_nothing_is_gone_on_with_and_after_that_one_at_a_time(cast: Cast) -> None:
    alice = cast.alice.caller
    crowd(alice, 3)
    pause(alice, seconds=60)
    assert begin_next(Run) is None
    pause(alice, seconds=-1)
    assert [begin_next(Run) is None for _ in range(2)] == [False, True]


def test_what_has_expired_is_left_to_the_tick(cast: Cast) -> None:
    alice = cast.alice.caller
    crowd(alice, 1)
    with tenant_scope(alice.tenant_id):
        Run.objects.update(expires_at=Now())
    assert begin_next(Run) is None
    assert len(claim_due(Run, most=1)) == 1


def test_what_gets_a_message_of_its_own_is_claimed_and_not_begun(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    crowd(alice, 2)
    ring_next(Run)
    with tenant_scope(alice.tenant_id):
        claimed = Run.objects.filter(claim_token__isnull=False, step_began_at__isnull=True).count()
    assert (claimed, redis.llen("runs")) == (1, 1)


def test_while_messages_wait_the_tick_says_whose_turn_it_is(cast: Cast, redis: Redis) -> None:
    crowd(cast.alice.caller, 10)
    claims = claim_due(Run, most=100)
    land(claims)
    assert begin_next(Run) is not None
    for _ in range(few() + 1):
        assert ringing.ring(Run, tenant_id=claims[0].tenant_id, row_id=claims[0].row_id, claim_token=None)
    assert begin_next(Run) is None


# Waiting


@pytest.fixture
def threads() -> Iterator[None]:
    """This is a worker whose slots are threads, as `worker_ready` tells it."""
    workers.take_pool(TaskPool(limit=1))
    yield
    workers.take_pool(None)


def waiting(*, seconds: float = 60) -> Claim | None:
    return wait_for_next(Run, until=time.monotonic() + seconds)


@pytest.mark.usefixtures("threads")
def test_who_waits_begins_a_run_once_it_is_due_and_never_before(cast: Cast) -> None:
    alice = cast.alice.caller
    (run_id,) = crowd(alice, 1, waited=-0.5)
    with tenant_scope(alice.tenant_id):
        due = Run.objects.get().wake_at
    claim = waiting()
    assert claim is not None
    with tenant_scope(alice.tenant_id):
        run = Run.objects.get(held(claim))
    assert (run.id, run.held_by) == (run_id, workers.name())
    assert due is not None
    assert run.step_began_at is not None
    assert run.step_began_at >= due


@pytest.mark.usefixtures("threads")
def test_of_all_who_wait_each_begins_another_run(cast: Cast) -> None:
    ours = crowd(cast.alice.caller, 4, waited=-0.3) + crowd(cast.mallory.caller, 4, waited=-0.5)
    claims = at_once(8, lambda _: waiting())
    assert {claim.row_id for claim in claims if isinstance(claim, Claim)} == set(ours)


@pytest.mark.usefixtures("threads", "cast")
def test_once_its_turn_is_over_nobody_waits_any_more() -> None:
    assert at_once(2, lambda _: waiting(seconds=0.2)) == [None, None]


@pytest.mark.usefixtures("cast")
def test_a_slot_that_is_a_process_waits_for_nothing() -> None:
    assert waiting(seconds=3600) is None


@pytest.mark.usefixtures("threads", "cast")
def test_a_fifth_of_the_slots_may_wait_and_no_more(settings: Any) -> None:
    places = settings.WORKER_SLOTS // 5
    for _ in range(places):
        assert going_on.places.acquire(blocking=False)
    try:
        assert waiting(seconds=3600) is None
    finally:
        for _ in range(places):
            going_on.places.release()


def messages_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = cast.alice.caller
    for _ in range(few() + 1):
        assert ringing.ring(Run, tenant_id=alice.tenant_id, row_id=uuid4(), claim_token=None)


def a_slot_is_wanted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "reserved_requests", {"taken from the broker"})


def the_worker_ends(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", 0)


def the_queue_is_paused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses.pause("runs", by="an operator")


@pytest.mark.parametrize("happens", [messages_wait, a_slot_is_wanted, the_worker_ends, the_queue_is_paused])
@pytest.mark.usefixtures("threads")
def test_all_who_wait_leave_their_slots_when(
    happens: Callable[[Cast, pytest.MonkeyPatch], None], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(number: int) -> Claim | None:
        if number:
            return waiting(seconds=3600)
        happens(cast, monkeypatch)
        return None

    try:
        assert at_once(4, act) == [None] * 4
    finally:
        pauses.resume("runs")


@pytest.mark.usefixtures("threads")
def test_who_waits_keeps_no_connection(cast: Cast) -> None:
    def kept() -> int:
        stats = connection.pool.get_stats()  # type: ignore[attr-defined]
        return int(stats["pool_size"] - stats["pool_available"])

    nothing_found = Barrier(4)

    def find_nothing_and_wait() -> Claim | None:
        assert begin_next(Run) is None
        nothing_found.wait()
        return waiting()

    connection.close()
    ends = time.monotonic() + 30
    with ThreadPoolExecutor(3) as pool:
        all_wait = [pool.submit(find_nothing_and_wait) for _ in range(3)]
        nothing_found.wait()
        while (not going_on.asking.locked() or kept()) and time.monotonic() < ends:
            pass
        assert ([waits.done() for waits in all_wait], kept()) == ([False] * 3, 0)
        ours = crowd(cast.alice.caller, 3)
        claims = [waits.result(timeout=60) for waits in all_wait]
        wait([pool.submit(connections.close_all) for _ in range(3)])
    assert {claim.row_id for claim in claims if claim} == set(ours)


@pytest.mark.usefixtures("threads")
def test_a_worker_that_ends_goes_on_no_further_and_gives_the_next_run_a_message(
    cast: Cast, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast.alice.caller, 3)
    taken: list[Claim] = []

    def take_further(claim: Claim) -> None:
        taken.append(claim)
        the_worker_ends(cast, monkeypatch)

    (first,) = claim_due(Run, most=1)
    go_on(Run, first, take_further)
    assert (taken, redis.llen("runs")) == ([first], 1)


@pytest.mark.parametrize("is_worker_of_threads", [True, False])
def test_whatever_is_due_is_taken_further_one_after_the_other(
    cast: Cast, is_worker_of_threads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.take_pool(TaskPool(limit=1) if is_worker_of_threads else None)
    ours = crowd(cast.alice.caller, 4)
    taken: list[UUID] = []

    def take_further(claim: Claim) -> None:
        taken.append(claim.row_id)
        land([claim])
        if len(taken) == len(ours):
            the_worker_ends(cast, monkeypatch)

    (first,) = claim_due(Run, most=1)
    go_on(Run, first, take_further)
    workers.take_pool(None)
    assert taken == ours
