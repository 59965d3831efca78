"""What a client is told while the database is away."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.asking import ask
from tests.cast import Cast


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Iterator[str]:
    """An API key of Alice's, and then nobody listens where the database was."""
    key = cast.alice.api_key
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    before: dict[str, Any] = dict(connection.settings_dict)
    connection.close_pool()  # type: ignore[attr-defined]
    options = before["OPTIONS"] | {"pool": before["OPTIONS"]["pool"] | {"timeout": 0.5}}
    connection.settings_dict.update({"PORT": port, "OPTIONS": options})
    yield key
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(before)


def test_while_the_database_is_away_the_api_says_so_and_when_to_come_back(no_database: str) -> None:
    answer = ask("GET", "/api/me", f"Api-Key {no_database}")
    assert answer.error == (503, "database_unavailable")
    assert (answer.body["retryable"], answer.headers["Retry-After"]) == (True, "5")


def test_who_comes_with_a_session_is_told_the_same(no_database: str) -> None:
    client = Client()
    client.cookies["sessionid"] = "s" * 32
    for path in ("/api/me", "/admin/"):
        assert ask("GET", path, client=client).error == (503, "database_unavailable")


def test_while_the_database_is_away_what_was_counted_is_told_and_of_the_rows_nothing(
    no_database: str, settings: Settings
) -> None:
    settings.METRICS_ADDRESSES = ["127.0.0.1"]
    answer = Client().get("/metrics")
    told = answer.content.decode()
    assert (answer.status_code, "shell_query_looks_total" in told, "shell_query_overdue" in told) == (200, True, False)


def test_while_the_database_is_away_the_process_lives_and_is_not_ready(no_database: str) -> None:
    assert ask("GET", "/healthz").body == {"status": "ok"}
    ready = ask("GET", "/readyz")
    assert (ready.status, ready.body["status"]) == (503, "unavailable")
