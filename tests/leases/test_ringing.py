"""For which new runs is rung at once, and for which others by the tick."""

from threading import Event
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import Settings
from redis import Redis

from leases import pauses, ringing
from leases.registry import kind_of
from leases.ringing import ring, ring_new
from leases.rooms import QUEUE_ROOM, Room, askers, few, rooms
from leases.services import LATE
from shell_query.models import Run
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.leases.crowd import crowd
from tests.threads import at_once

RUNS = kind_of(Run)


@pytest.fixture(autouse=True)
def one_slot(database: None, redis: Redis, settings: Settings) -> None:
    """Nothing waits, and nobody has asked the broker yet."""
    settings.WORKER_SLOTS = 1
    rooms.clear()


def test_a_few_may_wait_and_the_others_are_left_to_the_tick(redis: Redis) -> None:
    rung = [ring_new(Run, tenant_id=uuid4(), row_id=uuid4()) for _ in range(QUEUE_ROOM + 1)]
    assert (rung, redis.llen("runs")) == ([True] * QUEUE_ROOM + [False], QUEUE_ROOM)


def test_of_many_at_once_no_more_are_rung_for(redis: Redis) -> None:
    rung = at_once(8, lambda _: ring_new(Run, tenant_id=uuid4(), row_id=uuid4()))
    assert (rung.count(True), redis.llen("runs")) == (QUEUE_ROOM, QUEUE_ROOM)


def test_for_how_many_there_is_room_is_asked_of_the_broker_four_times_a_second_at_most() -> None:
    room = Room(RUNS)
    assert room.take(now=100.0)
    for _ in range(QUEUE_ROOM):
        ring(Run, tenant_id=uuid4(), row_id=uuid4(), claim_token=None)
    assert [room.take(now=100.2), room.asking] == [True, None]
    room.left(now=100.3)
    assert room.asking is not None
    room.asking.result(timeout=60)
    assert (room.left(now=100.4), room.take(now=100.4)) == (0, False)


def test_nobody_waits_for_an_answer_that_is_hardly_old() -> None:
    room, answers = Room(RUNS), Event()
    before = room.left(now=100.0)
    askers.submit(answers.wait, 60)  # whoever asks the broker is kept
    ring(Run, tenant_id=uuid4(), row_id=uuid4(), claim_token=None)
    assert room.left(now=101.0) == before
    answers.set()
    assert room.asking is not None
    room.asking.result(timeout=60)
    assert room.left(now=101.1) == before - 1


def test_a_paused_queue_has_room_again_when_it_is_resumed() -> None:
    room = Room(RUNS)
    pauses.pause(RUNS.queue, by="an operator")
    assert not room.take(now=100.0)
    pauses.resume(RUNS.queue)
    assert room.take(now=100.0 + Room.OLD_SECONDS)


def test_who_asks_for_all_keeps_no_connection_where_there_is_no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept one would be dead for ever once the server ends it."""
    connection.close()
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "pool")
    askers.submit(Room(RUNS).ask_again, 100.0).result(timeout=60)
    assert askers.submit(lambda: connection.connection).result(timeout=60) is None


def test_the_tick_leaves_to_the_workers_what_is_due_until_it_is_late(cast: Cast, redis: Redis) -> None:
    crowd(cast.alice.caller, 1)
    (late,) = crowd(cast.alice.caller, 1, waited=LATE.total_seconds())
    assert (ringing.tick(), redis.llen("runs")) == (1, 1)
    with tenant_scope(cast.alice.caller.tenant_id):
        assert Run.objects.get(claim_token__isnull=False).id == late


def test_a_tick_rings_for_a_few_while_few_messages_wait(cast: Cast, redis: Redis, settings: Settings) -> None:
    settings.WORKER_SLOTS = 50
    settings.MCE_CALLS_PER_UNIT = 100
    crowd(cast.alice.caller, 3 * few(), waited=1)
    assert [ringing.tick(), ringing.tick()] == [few(), 0]
    redis.delete("runs")
    assert ringing.tick() == few()
