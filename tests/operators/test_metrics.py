"""GET /metrics: who may read it, and what it tells."""

from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from operators.metrics import RUNS, active_runs
from shell_query.services import cancel_run
from tenants.callers import Caller
from tests.cast import Cast
from tests.rows import make_run
from tests.shell_query.driver import submit


@pytest.fixture(autouse=True)
def open_to_the_token(settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = "a-token-for-the-scraper", []


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test asks the rows anew."""
    RUNS._asked_at = float("-inf")


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


def test_active_runs_are_counted_from_the_rows_of_every_tenant(cast: Cast) -> None:
    for person in (cast.alice, cast.bob, cast.mallory):
        make_run(person.caller)
    assert scrape()["shell_query_active_jobs", "", "queued"] == 3


def test_no_runs_are_no_rows_and_no_lie(database: None) -> None:
    assert active_runs() == []
    assert not [name for name in scrape() if name[0] == "shell_query_active_jobs"]


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


def test_only_the_runtime_role_may_ask_for_the_counts(cast: Cast) -> None:
    make_run(cast.alice.caller)
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, runs FROM active_runs()")
        assert cursor.fetchall() == [("queued", 1)]
    with connections["operator"].cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('active_runs()', 'execute')")
        assert cursor.fetchone() == (False,)
