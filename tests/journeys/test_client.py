"""The typed client against the running system."""

import os
import signal
from collections.abc import Iterator

import pytest

from qspro_client import ApiError, Client, Event, RunNotReady, Target, Unreachable
from qspro_client import client as client_module
from tests.journeys.conftest import System
from tests.journeys.test_run import STEPS

pytestmark = pytest.mark.journey


@pytest.fixture
def client(system: System) -> Iterator[Client]:
    with Client(system.facts["api"], api_key=system.facts["apiKeys"]["owner"]) as client:
        yield client


def test_a_query_is_run_and_all_its_pages_are_read(client: Client) -> None:
    seen: list[Event] = []
    run = client.run("SELECT TOP 120 CustomerID, Email FROM Customers ORDER BY CustomerID", on_event=seen.append)
    assert [event.stage or event.status for event in seen] == STEPS
    assert (run.status, run.error_code, run.finished_at is not None) == ("ready", None, True)
    assert [page.page for page in client.pages(run.run_id)] == [1, 2, 3]
    assert [row[0] for row in client.rows(run.run_id)] == list(range(1, 121))


def test_a_run_that_failed_says_why(client: Client) -> None:
    with pytest.raises(RunNotReady, match="Invalid column name 'Nope'") as caught:
        client.run("SELECT Nope FROM Customers")
    assert caught.value.run.error_code == "sql_rejected"


def test_what_the_api_refuses_is_an_error_with_its_code(client: Client) -> None:
    with pytest.raises(ApiError) as caught:
        client.submit("DELETE FROM Customers")
    assert (caught.value.status, caught.value.code, caught.value.retryable) == (400, "invalid_sql", False)
    assert [violation.field for violation in caught.value.violations] == ["sqlText"]


def test_a_target_that_is_not_there_is_told_with_the_run(client: Client) -> None:
    with pytest.raises((ApiError, RunNotReady)):
        client.run("SELECT 1 AS One", target=Target(customer_key="nowhere", update_type="Append"))


def test_a_canceled_run_ends_its_events(client: Client) -> None:
    run_id = client.submit("SELECT TOP 1 Email FROM Customers")
    assert client.cancel(run_id) is False
    assert [event.status for event in client.events(run_id)][-1] == "canceled"
    assert client.get(run_id).has_ended


def test_a_stream_that_breaks_is_taken_up_where_it_ended(client: Client, system: System) -> None:
    system.sandbox.hold()
    run_id = client.submit("SELECT TOP 1 Email FROM Customers")
    seen = []
    for event in client.events(run_id):
        seen.append(event)
        if event.stage == "executing":
            os.kill(system.pid("api"), signal.SIGKILL)
            system.sandbox.release()
    assert [(event.id, event.stage or event.status) for event in seen] == list(enumerate(STEPS, 1))


def test_nobody_at_the_address_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "FIRST_PAUSE_SECONDS", 0.001)
    with Client("http://127.0.0.1:1", api_key="x") as client, pytest.raises(Unreachable, match="does not answer"):
        client.get("1")
