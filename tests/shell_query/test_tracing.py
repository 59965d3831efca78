"""A request's id and its span go with its run: into every line, and over message and row to the worker."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from qspro import tracing
from qspro.logging import formatter
from shell_query.tasks import advance_run
from tests.asking import ask
from tests.cast import Cast
from tests.collector import collecting
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


ROOT = Path(__file__).resolve().parents[2]
PREFORK = ("-m", "celery", "-A", "celery_app", "worker", "-P", "prefork", "-c", "1", "-Q", "runs")


def test_a_prefork_worker_tells_its_spans_also_the_last_before_it_ends(
    connected: Cast, redis: Redis, settings: Any
) -> None:
    """Its exporter would wait an hour: what comes was sent at the end of the process."""
    with collecting() as collector:
        settings.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
        tracing.begin()
        run = submit(connected, "r-82")
        tracing.end()
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "3600000"}
        environment = {**os.environ, **told, "DATABASE_POOL": "0", "CELERY_SKIP_CHECKS": "1"}
        worker = subprocess.Popen([sys.executable, *PREFORK], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        while look_up(connected.alice.caller, run.id).started_at is None:
            assert worker.poll() is None
            time.sleep(0.1)
        worker.terminate()
        assert worker.wait(timeout=60) == 0
        request, *steps = [span for span in collector.spans if span.kind != "client"]
    assert request.name == "POST /api/runs"
    assert {(span.trace_id, span.parent_id) for span in steps} == {(request.trace_id, request.span_id)}
    assert "step start" in {span.name for span in steps}
