"""What a log line carries, and what it never does."""

import json
import logging
import os
from typing import Any

import pytest
import structlog

from qspro.logging import formatter, told
from tests.cast import APPS
from tests.leaks import OF_SERVICES, Leaks, Watch, secrets_of

HELD = {
    "SQL": "near: SELECT City\nFROM [Stores] s",
    "a row": "answer: customer17@northwind.example",
    "an API key": f"key qsp_{'0a' * 16}_abc",
    "a JWT": "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.sig",
    "a sealed value": "gAAAAABl-sealed_sealed_sealed_sealed",
    "a credential in a header": "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
    "a code or ticket in an address": "GET /auth/mce/callback?code=ydV-rQ513VQEzy1Xz4Hf HTTP/1.1",
}


def line(message: str, log_format: str = "json", **fields: Any) -> str:
    record = logging.LogRecord("shell_query", logging.INFO, "a.py", 1, message, (), fields.pop("exc_info", None))
    return formatter(log_format).format(record)


def test_a_json_line_says_whose_it_is_and_has_null_for_what_is_not_known() -> None:
    with told(request_id="r-1", tenant_id="t-1", run_id="u-1"):
        found = json.loads(line("step start"))
    assert found.pop("timestamp").endswith("Z")
    assert found == {
        "event": "step start",
        "logger": "shell_query",
        "level": "info",
        "requestId": "r-1",
        "tenantId": "t-1",
        "runId": "u-1",
        "taskId": None,
    }


def test_after_its_block_an_id_is_forgotten() -> None:
    with told(request_id="r-1"), told(request_id="r-2", run_id=None):
        assert json.loads(line("x"))["requestId"] == "r-2"
    assert json.loads(line("x"))["requestId"] is None


def test_a_line_for_people_leaves_out_what_is_not_known() -> None:
    with told(request_id="r-1"):
        shown = line("step start", "text")
    assert shown.partition("Z ")[2] == "[info] step start [shell_query] requestId=r-1"


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_traceback_is_one_json_line_or_readable_text(log_format: str) -> None:
    try:
        raise ValueError("broken\nin two lines")
    except ValueError as error:
        shown = line("it failed", log_format, exc_info=(type(error), error, error.__traceback__))
    assert "ValueError: broken" in shown
    assert (shown.count("\n") == 0) == (log_format == "json")


def test_a_message_cannot_forge_a_second_json_line() -> None:
    shown = line('x\n{"event": "forged"}')
    assert shown.count("\n") == 0


def test_an_event_of_structlog_is_written_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with told(tenant_id="another"):
        structlog.get_logger("a.logger").info("run moved", tenantId="t-1", durationMs=5)
        found = json.loads(formatter("json").format(caplog.records[0]))
    told_of_it = {name: found[name] for name in ("event", "logger", "tenantId", "durationMs")}
    assert told_of_it == {"event": "run moved", "logger": "a.logger", "tenantId": "t-1", "durationMs": 5}


@pytest.mark.parametrize("what", OF_SERVICES)
def test_the_search_of_all_logs_finds_what_no_line_may_hold(what: str) -> None:
    watch = Watch(Leaks({}, OF_SERVICES))
    watch.emit(logging.LogRecord("x", logging.INFO, "a.py", 1, "it says %s", (HELD[what],), None))
    assert watch.found == [f"x: {what}"]


def test_the_search_knows_the_secrets_of_this_run() -> None:
    secrets = secrets_of(os.environ)
    assert {"SECRET_KEY", "ENCRYPTION_KEYS", "ADMIN_API_KEY", "DATABASE_URL", "REDIS_URL"} <= set(secrets)
    assert Leaks(secrets).within(f"x {APPS['mc-northwind'][1]} x") == ["the secret of northwind-app"]
    assert [Leaks(secrets).within(secret) for secret in secrets.values()] == [[name] for name in secrets]
