"""A request's id goes with its run: into every line, and over the message to the worker."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from qspro.logging import formatter
from shell_query.tasks import advance_run
from tests.asking import ask
from tests.cast import Cast
from tests.shell_query.driver import drive, look_up

SQL = "SELECT StoreID, City FROM Stores"


class Lines(logging.Handler):
    """Each line as JSON, read back."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(formatter("json"))
        self.all: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(json.loads(self.format(record)))

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def submit(cast: Cast, request_id: str) -> Any:
    answer = ask("POST", "/api/runs", cast.alice.headers["Authorization"], {"sqlText": SQL}, X_Request_ID=request_id)
    return look_up(cast.alice.caller, answer.body["runId"])


def test_each_move_of_a_run_is_one_line(connected: Cast, redis: Redis, lines: Lines) -> None:
    run = drive(connected.alice.caller, submit(connected, "r-77").id)
    moves = lines.of("shell_query.runs")
    assert {line["event"] for line in moves} == {"run moved"}
    assert [line.get("stage", line["status"]) for line in moves] == [
        *("queued", "validating", "preparing", "starting", "executing", "confirming", "ready"),
    ]
    assert {(line["tenantId"], line["runId"]) for line in moves} == {(str(run.tenant_id), str(run.id))}
    assert [line["durationMs"] for line in moves] == sorted(line["durationMs"] for line in moves)


def test_every_line_of_a_run_has_the_id_of_its_request(connected: Cast, redis: Redis, lines: Lines) -> None:
    run = drive(connected.alice.caller, submit(connected, "r-78").id)
    of_run = [line for line in lines.all if line["runId"] == str(run.id)]
    assert {line["logger"] for line in of_run} >= {"shell_query.runs", "shell_query.engine.advance", "mce_bridge.calls"}
    assert {line["requestId"] for line in of_run} == {"r-78"}


def test_the_message_for_the_worker_carries_ids_alone(connected: Cast, redis: Redis) -> None:
    run = submit(connected, "r-80")
    (raw,) = redis.lrange("runs", 0, -1)
    message = json.loads(raw)
    assert message["headers"]["request_id"] == "r-80"
    assert SQL not in str(message)
    assert str(run.id) in message["headers"]["kwargsrepr"]


def test_a_task_takes_its_ids_from_its_message(cast: Cast, redis: Redis, lines: Lines) -> None:
    advance_run.push_request(id="t-5", request_id="r-81")
    try:
        advance_run(tenant_id="nonsense", row_id="nonsense", claim_token=None)
    finally:
        advance_run.pop_request()
    (line,) = lines.of("tenants.celery")
    assert (line["taskId"], line["requestId"], line["tenantId"]) == ("t-5", "r-81", "nonsense")


def test_an_id_in_a_message_that_could_forge_a_line_is_replaced(cast: Cast, redis: Redis, lines: Lines) -> None:
    advance_run.push_request(id="t-6", request_id="x\ny")
    try:
        advance_run(tenant_id="nonsense", row_id="nonsense", claim_token=None)
    finally:
        advance_run.pop_request()
    (line,) = lines.of("tenants.celery")
    assert line["requestId"].isalnum()
