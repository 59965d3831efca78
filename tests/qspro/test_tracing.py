"""Spans: what they hold and what not; that nothing is there where they are off; that a fork does no harm."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mce_bridge.errors import Throttled
from mce_bridge.transport import logged
from qspro import tracing
from qspro.logging import told
from tests.asking import ask
from tests.cast import Cast
from tests.collector import Collector, Span, collecting
from tests.rows import make_run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
def traced(collector: Collector, settings: Any) -> Iterator[Collector]:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
    settings.OTEL_EXPORTER_OTLP_HEADERS = "api-key=a-key-for-the-collector"
    tracing.begin()
    yield collector
    tracing.end()


def ended(collector: Collector) -> dict[str, Span]:
    tracing.end()
    return {span.name: span for span in collector.spans}


def test_a_span_has_the_ids_of_the_log_and_hangs_from_the_one_around_it(traced: Collector) -> None:
    with told(tenant_id="t-1", run_id="r-1"), tracing.span("step x", {}, kind="task"):
        parent = tracing.trace_parent()
        with logged(operation="Retrieve", about="DataExtension"):
            pass
    with tracing.span("later", {}, kind="task", parent=parent):
        pass
    spans = ended(traced)
    step, call, later = spans["step x"], spans["MCE Retrieve DataExtension"], spans["later"]
    assert (step.kind, step.parent_id, step.facts) == (
        *("consumer", ""),
        {"qspro.tenant_id": "t-1", "qspro.run_id": "r-1"},
    )
    assert (call.kind, call.parent_id) == ("client", step.span_id)
    assert call.facts == {
        **step.facts,
        "mce.operation": "Retrieve",
        "mce.object": "DataExtension",
        "mce.outcome": "ok",
    }
    assert (later.parent_id, later.trace_id) == (step.span_id, step.trace_id)
    assert [headers["api-key"] for headers in traced.headers] == ["a-key-for-the-collector"]


def test_of_an_error_its_class_is_told_and_not_its_words(traced: Collector) -> None:
    with pytest.raises(Throttled), logged(operation="Create", about="DataExtension"):
        raise Throttled("customer7@example.com waits")
    (span,) = ended(traced).values()
    assert (span.is_error, span.facts["error.type"], span.facts["mce.outcome"]) == (True, "Throttled", "mce_throttled")
    assert span.marks == []
    assert "customer7" not in "".join(traced.texts)


def test_a_request_is_told_by_its_route_and_without_what_was_asked(cast: Cast, traced: Collector) -> None:
    key = cast.alice.headers["Authorization"]
    ask("GET", "/api/runs?snippetName=customer7", key)
    ask("GET", "/api/runs/00000000-0000-4000-8000-000000000001?x=customer7", key)
    ask("GET", "/auth/mce/callback?code=customer7&state=customer7", key)
    ask("GET", "/api/customer7", key)
    ask("GET", "/healthz", key)
    ask("BREW", "/api/runs", key)
    spans = ended(traced)
    one, odd = "GET /api/runs/<uuid:run_id>", "_OTHER /api/runs"
    assert set(spans) == {"GET /api/runs", one, odd, "GET /auth/mce/callback", "GET"}
    listed = spans["GET /api/runs"].facts
    assert (listed["http.response.status_code"], listed["qspro.tenant_id"]) == (200, str(cast.alice.caller.tenant_id))
    assert spans[one].facts["qspro.run_id"] == "00000000-0000-4000-8000-000000000001"
    assert "customer7" not in "".join(traced.texts)


def test_a_request_that_we_fail_is_an_error_and_one_that_we_refuse_is_none(
    cast: Cast, traced: Collector, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    run, key = make_run(cast.alice.caller), cast.alice.headers["Authorization"]
    assert ask("POST", f"/api/runs/{run}/events/ticket", key).status == 503
    assert ask("GET", "/api/runs?status=junk", key).status == 400
    told = {(span.facts["http.response.status_code"], span.is_error) for span in ended(traced).values()}
    assert told == {(503, True), (400, False)}


def test_a_callers_own_trace_is_not_believed(cast: Cast, traced: Collector) -> None:
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    ask("GET", "/api/me", cast.alice.headers["Authorization"], traceparent=theirs)
    (span,) = ended(traced).values()
    assert span.parent_id == ""
    assert span.trace_id not in theirs


def python(program: str, **environment: str) -> list[Any]:
    """What a process of ours prints, line by line."""
    started = [sys.executable, "-c", f"import django; django.setup()\n{program}"]
    settings = {"DJANGO_SETTINGS_MODULE": "qspro.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(started, env={**os.environ, **settings, **environment}, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


FORKS = """
import json, os, threading
from qspro import tracing
print(json.dumps(threading.active_count()), flush=True)
for number in range(2):
    if os.fork() == 0:
        with tracing.span(f"in child {number}", {}, kind="task"):
            pass
        tracing.end()
        os._exit(0)
    os.wait()
"""
LOADED = """
import json, sys, threading
import celery_app, qspro.asgi
heavy = ("qspro.telemetry", "opentelemetry.sdk.trace", "opentelemetry.exporter", "google.protobuf")
print(json.dumps([name for name in heavy if name in sys.modules]))
print(json.dumps(threading.active_count()))
"""


def test_the_exporter_begins_after_the_fork_in_each_process(collector: Collector) -> None:
    assert python(FORKS, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) == [1]
    first, second = collector.spans
    assert {first.name, second.name} == {"in child 0", "in child 1"}
    assert len({first.trace_id, second.trace_id, first.span_id, second.span_id}) == 4


def test_without_an_endpoint_nothing_is_loaded_and_no_thread_runs() -> None:
    """But for what redis-py loads of OpenTelemetry wherever it is installed."""
    assert python(LOADED) == [[], 1]


def test_a_collector_that_is_away_is_no_trouble_but_a_line(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1"
    tracing.begin()
    with tracing.span("x", {}, kind="task"):
        pass
    tracing.end()
    assert [record.getMessage() for record in caplog.records] == ["The collector of spans is away: ConnectionError"]
