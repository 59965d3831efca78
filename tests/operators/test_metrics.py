"""GET /metrics: who may read it, and what it tells."""

import socket
from datetime import timedelta
from typing import Any

import httpx
import pytest
from celery.signals import beat_init, worker_ready
from celery.utils.dispatch import Signal
from django.db import connection, connections
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from celery_app import tell_numbers
from events.slots import ALL
from leases import pulses
from leases.services import claim_due
from operators.gauges import ROWS, active_runs
from shell_query.models import Run
from shell_query.services import cancel_run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tests.cast import Cast
from tests.rows import make_run
from tests.shell_query.driver import submit


@pytest.fixture(autouse=True)
def open_to_the_token(settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = "a-token-for-the-scraper", []


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test asks the rows anew."""
    ROWS._asked_at = float("-inf")


def scrape() -> dict[tuple[str, ...], float]:
    """{(name, values of its labels by their names...): value}."""
    text = Client().get("/metrics", headers={"Authorization": "Bearer a-token-for-the-scraper"}).content.decode()
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Bearer a-token-for-the-scraper-x", "Bearer ünï"])
def test_without_the_token_nothing_is_told(database: None, header: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (403, "metrics_refused")


def test_with_neither_token_nor_addresses_nobody_may_read(database: None, settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = "", []
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


def test_a_listed_address_may_read(database: None, settings: Any) -> None:
    settings.METRICS_ADDRESSES = ["127.0.0.1"]
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics").status_code == 403


@pytest.mark.parametrize("begins", [worker_ready, beat_init], ids=["worker", "beat"])
def test_a_worker_and_beat_in_a_container_tell_their_own_counters(begins: Signal, settings: Any) -> None:
    assert dict(begins.send(sender=None))[tell_numbers] is None
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.METRICS_PORT = free.getsockname()[1]
    server, thread = dict(begins.send(sender=None))[tell_numbers]
    told = httpx.get(f"http://127.0.0.1:{settings.METRICS_PORT}/metrics").text
    server.shutdown()
    thread.join()
    server.server_close()
    assert "\nshell_query_looks_total " in told


def test_active_runs_are_counted_from_the_rows_of_every_tenant(cast: Cast) -> None:
    for person in (cast.alice, cast.bob, cast.mallory):
        make_run(person.caller)
    assert scrape()["shell_query_active_jobs", "", "queued"] == 3


def test_no_runs_are_no_rows_and_no_lie(database: None) -> None:
    assert active_runs() == []
    assert not [name for name in scrape() if name[0] == "shell_query_active_jobs"]


def test_what_waits_is_counted_and_its_age(cast: Cast) -> None:
    for person in (cast.alice, cast.mallory):
        make_run(person.caller)
    told = scrape()
    assert (told["shell_query_overdue", "runs"], told["shell_query_overdue", "upkeep"]) == (2, 0)
    assert told["shell_query_overdue_seconds", "runs"] > 0
    claim_due(Run, most=1)
    ROWS._asked_at = float("-inf")
    told = scrape()
    assert (told["shell_query_overdue", "runs"], told["shell_query_claimed", "runs"]) == (1, 1)


def test_business_units_are_counted_by_breaker(cast: Cast) -> None:
    with tenant_scope(cast.mallory.caller.tenant_id):
        BusinessUnit.objects.update(paused_until=Now() + timedelta(minutes=1))
    told = scrape()
    assert [told["mce_business_units", breaker] for breaker in ("closed", "open", "half_open")] == [1, 1, 0]


def test_messages_streams_and_life_are_told_by_redis(database: None, redis: Redis) -> None:
    pulses.give([pulses.of_queue("runs")])
    redis.zadd(ALL, {"stream-1": 10**14, "stream-2": 1})
    told = scrape()
    assert told["celery_queue_messages", "runs"] == 0
    assert told["event_streams_open",] == 1
    assert [told["celery_alive", part] for part in ("runs", "tick", "beat")] == [1, 0, 0]


def test_with_redis_away_what_the_rows_say_is_told_all_the_same(database: None, settings: Any) -> None:
    cache = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": cache}
    told = scrape()
    assert told["mce_business_units", "open"] == 0
    assert not [name for name in told if name[0] == "celery_queue_messages"]


def test_each_ended_run_is_counted_once(cast: Cast) -> None:
    alice = cast.alice.caller
    before = scrape()
    cancel_twice(alice)
    after = scrape()
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert grown["shell_query_jobs_total", "canceled"] == 1
    assert grown["shell_query_duration_seconds_count",] == 1


def cancel_twice(caller: Caller) -> None:
    run_id = submit(caller, "SELECT StoreID FROM Stores")
    cancel_run(caller=caller, run_id=run_id)
    cancel_run(caller=caller, run_id=run_id)


@pytest.mark.parametrize("function", ["active_runs()", "backlog()", "business_units_by_breaker()"])
def test_only_the_runtime_role_may_ask_for_the_counts(function: str, cast: Cast) -> None:
    make_run(cast.alice.caller)
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, runs FROM active_runs()")
        assert cursor.fetchall() == [("queued", 1)]
    with connections["operator"].cursor() as cursor:
        cursor.execute("SELECT has_function_privilege(%s, 'execute')", [function])
        assert cursor.fetchone() == (False,)
