"""The client behind gateways that fail, lose answers and cut streams off."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from qspro_client import ApiError, Client, Unreachable, WrongUsage
from qspro_client import client as client_module
from tests.mce_bridge.hostile import Answer, Server, http, running

ACCEPTED = http(202, json.dumps({"runId": "7"}))
KEEP_ALIVE = ": keep-alive\n\n"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(client_module, "FIRST_PAUSE_SECONDS", 0.001)
    with running() as server:
        yield server


@pytest.fixture
def client(gateway: Server) -> Iterator[Client]:
    with Client(gateway.origin, api_key="qsp_x") as client:
        yield client


def conflict(code: str) -> Answer:
    told = {"title": code, "status": 409, "code": code, "retryable": True, "retryAfter": 0.001}
    return http(409, json.dumps(told), kind="application/problem+json")


def stream(*frames: str) -> Answer:
    """One that ends after these."""
    return http(200, "".join(frames), kind="text/event-stream")


def event(number: int, status: str) -> str:
    data = {"runId": "7", "status": status, "at": "2026-01-05T10:00:00Z"}
    return f"event: status\nid: {number}\ndata: {json.dumps(data)}\n\n"


def test_a_submission_that_the_server_is_still_at_is_asked_for_again(gateway: Server, client: Client) -> None:
    """The first answer was lost on the way: there will be a run, whose id nobody was told."""
    gateway.then(http(502, "", kind="text/html"), conflict("idempotency_in_flight"), ACCEPTED)
    assert client.submit("SELECT 1 AS One") == "7"
    assert len(gateway.requests) == 3
    assert len({asked.headers["idempotency-key"] for asked in gateway.requests}) == 1


def test_another_conflict_is_told_at_once(gateway: Server, client: Client) -> None:
    gateway.then(conflict("target_busy"), ACCEPTED)
    with pytest.raises(ApiError) as caught:
        client.submit("SELECT 1 AS One")
    assert caught.value.code == "target_busy"


def test_a_stream_that_is_cut_off_every_minute_is_followed_as_long_as_the_run_takes(
    gateway: Server, client: Client
) -> None:
    quiet = [stream(KEEP_ALIVE)] * (client_module.TRIES + 1)
    gateway.then(stream(event(1, "running")), *quiet, stream(KEEP_ALIVE, event(2, "ready")))
    assert [(event.id, event.status) for event in client.events("7")] == [(1, "running"), (2, "ready")]
    assert {asked.headers.get("last-event-id") for asked in gateway.requests[1:]} == {"1"}


def test_a_stream_that_never_says_anything_is_given_up(gateway: Server, client: Client) -> None:
    gateway.then(stream())
    with pytest.raises(Unreachable, match="ended before the run"):
        list(client.events("7"))
    assert len(gateway.requests) == client_module.TRIES


@pytest.mark.parametrize("ask", [lambda client: client.get("7"), lambda client: list(client.events("7"))])
def test_why_nobody_answers_is_told(ask: object, gateway: Server) -> None:
    with Client("http://127.0.0.1:1", api_key="qsp_x") as client, pytest.raises(Unreachable) as caught:
        ask(client)  # type: ignore[operator]
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert re.search(r": ConnectError \(\[Errno \d+\] Connection refused\)\.$", str(caught.value))


def test_somebody_elses_page_is_no_answer(gateway: Server, client: Client) -> None:
    gateway.then(http(200, "<html>Sign in to the hotel's network</html>", kind="text/html"))
    with pytest.raises(ApiError) as caught:
        client.get("7")
    assert (caught.value.status, str(caught.value)) == (200, "The answer is text/html, which is not QS Pro's.")


def test_a_gateway_that_says_when_to_come_back_is_heard(gateway: Server) -> None:
    gateway.then(http(503, "", kind="text/html", Retry_After="7"))
    assert ApiError.of(httpx.get(gateway.origin)).retry_after == 7


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "qspro.example", "ftp://qspro.example", "http://", "http://[::1", "http://a:b"]
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        Client(url, api_key="qsp_x")
    assert str(caught.value) == f"{url} is no address of QS Pro: it begins with http:// or https:// and names a host."


@pytest.mark.parametrize("key", ["qsp_x\n", "qsp_\N{LATIN SMALL LETTER E WITH ACUTE}", "qsp x", ""])
def test_what_is_no_key_is_refused_at_once_and_not_shown(key: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        Client("http://127.0.0.1:1", api_key=key)
    assert str(caught.value) == "The API key is empty or holds characters that no key has."
