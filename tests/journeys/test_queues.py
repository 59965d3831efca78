"""What an operator sees of the queues at /admin/queues/, with workers behind it."""

import json
from collections.abc import Iterator

import httpx
import pytest
from celery import Celery

from tests.journeys.client import Client
from tests.journeys.conftest import System

SQL = "SELECT StoreID, City FROM Stores"


@pytest.fixture
def operator(system: System) -> Iterator[httpx.Client]:
    key = system.facts["adminKey"]
    with httpx.Client(base_url=system.facts["api"], headers={"X-Admin-Key": key}, timeout=60) as client:
        yield client


def test_the_tasks_of_a_run_show_ids_and_nothing_else(alice: Client, operator: httpx.Client) -> None:
    run, _ = alice.run(SQL)
    tasks = operator.get("/admin/queues/api/tasks", params={"taskname": "shell_query.advance_run"}).json()
    mine = [task for task in tasks.values() if run.rpartition("/")[2] in task["kwargs"]]
    assert mine
    shown = [json.loads(task["kwargs"].replace("'", '"').replace("None", "null")) for task in mine]
    assert {name for kwargs in shown for name in kwargs} == {"tenant_id", "row_id", "claim_token"}
    assert {task["args"] for task in mine} == {"()"}


def test_no_page_of_a_worker_shows_a_secret(system: System, operator: httpx.Client) -> None:
    keys = json.loads((system.var / "keys.json").read_text())
    workers = operator.get("/admin/queues/api/workers", params={"refresh": "1"}).json()
    assert workers
    # How a value is quoted does not hide it: the secrets are letters and digits.
    for worker in workers:
        pages = [operator.get(f"/admin/queues/{path}").text for path in (f"worker/{worker}", "broker", "tasks")]
        assert f"<title>{worker}" in pages[0] or worker in pages[0]
        assert [name for name, secret in keys.items() for page in pages if secret in page] == []


def test_over_the_broker_a_worker_tells_no_secret_either(system: System) -> None:
    keys = json.loads((system.var / "keys.json").read_text())
    with Celery(broker=system.facts["redisUrl"], set_as_current=False) as app:
        told = [str(app.control.inspect(timeout=5).conf()), str(app.control.inspect(timeout=5).report())]
    assert ["task_time_limit" in each for each in told] == [True, True]
    assert [name for name, secret in keys.items() for each in told if secret in each] == []


def test_a_worker_cannot_be_shut_down_from_here(system: System, operator: httpx.Client) -> None:
    worker = next(iter(operator.get("/admin/queues/api/workers", params={"refresh": "1"}).json()))
    before = system.pid("worker")
    for address in (f"/admin/queues/api/worker/shutdown/{worker}", f"/admin/queues/api/worker/pool/shrink/{worker}"):
        assert operator.post(address).status_code in {403, 405}
    assert system.pid("worker") == before
