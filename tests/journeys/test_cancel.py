"""Canceling, whatever is being done."""

import time

import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

SQL = "SELECT TOP 1 Email FROM Customers"


def test_a_run_is_canceled_while_it_is_queued(system: System, alice: Client) -> None:
    with system.frozen("worker", "ticker"):
        run = alice.submit(SQL)
        answer = alice.cancel(run)
    assert (answer.status_code, answer.json()["status"]) == (202, "canceled")
    assert [frame.step for frame in alice.follow(run)] == ["queued", "canceled"]


def test_a_run_is_canceled_while_it_runs_and_its_assets_go(system: System, alice: Client) -> None:
    system.sandbox.hold()
    run = alice.submit(SQL)
    with alice.stream(run) as frames:
        assert next(frame.step for frame in frames if frame.step == "executing") == "executing"
        alice.cancel(run)
        assert [frame.step for frame in frames] == ["canceled"]
    key = f"QPP_{run.rpartition('/')[2].replace('-', '')}"
    assert deleted(system, key)
    assert alice.http.get(f"{run}/results").json()["code"] == "no_results"


def deleted(system: System, key: str) -> bool:
    """The data extension's deletion comes behind the cancel, by its ObjectID; then it cannot be found any more."""
    for _ in range(600):
        if any(call["object_type"] == "DataExtension" for call in system.sandbox.calls("Delete")):
            return key not in {extension["customer_key"] for extension in extensions(system)}
        time.sleep(0.1)
    return False


def extensions(system: System) -> list[dict[str, str]]:
    enterprises = system.sandbox.ask("GET", "accounts")["enterprises"]
    return [made for each in enterprises for unit in each["business_units"] for made in unit["data_extensions"]]
