"""GET /health: what it asks, and what is down."""

from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from pytest_django import Settings
from redis import Redis

from leases import pulses
from leases.tasks import show_life
from operators.health import queues

PARTS = {"database", "redis", "broker", "workers", "beat", "queues"}


def health() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health")
    return answer.status_code, answer.json()


def states(body: dict[str, Any]) -> dict[str, str]:
    return {name: part["state"] for name, part in body.items() if name != "status"}


@pytest.fixture
def all_alive(redis: Redis) -> None:
    pulses.give([pulses.BEAT, *(pulses.of_queue(queue) for queue in queues())])


def test_with_everything_up_it_is_200_and_says_how_long_each_took(database: None, all_alive: None) -> None:
    status, body = health()
    assert (status, body["status"], states(body)) == (200, "up", dict.fromkeys(PARTS, "up"))
    assert {isinstance(body[name]["milliseconds"], float) for name in PARTS} == {True}
    assert body["queues"]["messages"] == {"runs": 0, "tick": 0, "upkeep": 0}
    assert body["beat"]["lastSeenAt"].endswith("Z")


def test_without_a_worker_or_beat_it_says_which_and_503(database: None, redis: Redis) -> None:
    pulses.give([pulses.of_queue("tick"), pulses.of_queue("upkeep")])
    status, body = health()
    assert status == 503
    assert {name for name, state in states(body).items() if state == "down"} == {"workers", "beat"}
    assert body["workers"]["lastSeenAt"]["runs"] is None


def test_a_worker_shows_life_for_the_queues_that_it_takes_from(database: None, redis: Redis) -> None:
    known: Any = current_app.amqp.queues
    every = known._consume_from
    known.select(["tick"])
    try:
        show_life()
    finally:
        known._consume_from = every
    assert set(pulses.latest(pulses.of_queue(queue) for queue in queues())) == {"queue-tick"}


def test_signs_of_life_end_by_themselves(redis: Redis) -> None:
    pulses.give(["beat"])
    (found,) = redis.keys("*pulse:beat")
    assert 0 < redis.ttl(found) <= pulses.KEPT_SECONDS


def test_each_sign_of_life_touches_the_file_that_a_container_is_checked_by(tmp_path: Path, settings: Settings) -> None:
    settings.READY_FILE = str(tmp_path / "ready")
    pulses.touch()
    assert (tmp_path / "ready").exists()


def test_with_redis_away_it_tells_the_class_of_the_error_alone(database: None, settings: Settings) -> None:
    away = "redis://:a-password@127.0.0.1:1/0"
    settings.REDIS_URL = away
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}
    status, body = health()
    down = {name for name, state in states(body).items() if state == "down"}
    assert (status, down) == (503, {"redis", "workers", "beat"})
    assert body["redis"].keys() == {"state", "error", "milliseconds"}
    assert "a-password" not in str(body)
