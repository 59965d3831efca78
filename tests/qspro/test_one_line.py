"""An outage is one line when it begins and one when it ends."""

import logging
from pathlib import Path

import pytest
from django_celery_beat.models import PeriodicTask
from prometheus_client import REGISTRY
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisAway

from celery_app import app
from leases.beat import Scheduler
from qspro.outages import OneLineEach, Outage
from stack.ports import FOR_TESTS, Ports
from tests.valkey import Valkey


def record(name: str, message: str, error: Exception | None) -> logging.LogRecord:
    exc_info = (type(error), error, None) if error else None
    return logging.LogRecord(name, logging.WARNING, "a.py", 1, message, (), exc_info)


def test_an_outage_is_told_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(logging.getLogger("x"), "The cellar")
    for _ in range(3):
        outage.seen(RedisAway("redis://:secret@host"))
    for _ in range(2):
        outage.over()
    assert [each.getMessage() for each in caplog.records] == [
        "The cellar is away: ConnectionError",
        "The cellar is back after 0 s.",
    ]


def test_of_celerys_lost_connections_one_line_is_left_and_no_traceback() -> None:
    keep = OneLineEach()
    lost = [
        record("celery.worker.consumer.consumer", "consumer: Connection lost.\nTrying", RedisAway("a password"))
        for _ in range(3)
    ]
    assert [keep.filter(each) for each in lost] == [True, False, False]
    assert (lost[0].getMessage(), lost[0].exc_info) == ("Connection lost: ConnectionError", None)


@pytest.mark.parametrize(
    ("name", "error"), [("celery.worker", ValueError("a fault")), ("shell_query", RedisAway()), ("celery.beat", None)]
)
def test_every_other_line_stays_as_it_is(name: str, error: Exception | None) -> None:
    keep = OneLineEach()
    lines = [record(name, "it failed", error) for _ in range(2)]
    assert [keep.filter(each) for each in lines] == [True, True]
    assert {bool(each.exc_info) for each in lines} == {error is not None}


def sent() -> dict[str, float]:
    """How often beat sent the tick, by how that went."""
    return {
        outcome: REGISTRY.get_sample_value("celery_beat_sent_total", {"task": "leases.tick", "outcome": outcome}) or 0
        for outcome in ("ok", "broker_away")
    }


def test_beat_loses_its_broker_in_one_line_and_goes_on(
    tmp_path: Path, database: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with Ports({}, preferred=FOR_TESTS) as ports:
        valkey = Valkey(tmp_path, ports.take("REDIS_PORT"))
        with app.connection_for_write(valkey.url) as connection, app.amqp.Producer(connection) as producer:
            beat = Scheduler(app=app, lazy=True)
            entry = beat.Entry(PeriodicTask.objects.get(task="leases.tick"), app=app)
            before = sent()
            beat.apply_entry(entry, producer)
            valkey.kill()
            for _ in range(3):
                beat.apply_entry(entry, producer)
            valkey.start()
            beat.apply_entry(entry, producer)
        valkey.kill()
    assert {outcome: count - before[outcome] for outcome, count in sent().items()} == {"ok": 2, "broker_away": 3}
    shown = [each.getMessage() for each in caplog.records if each.name == "leases.beat"]
    assert (len(shown), shown[0].partition(":")[0]) == (2, "The broker of beat is away")
    assert shown[1].startswith("The broker of beat is back")
    assert [each for each in caplog.records if each.exc_info] == []
