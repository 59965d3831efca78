"""What a client of a stream sees: every event once, in order, whenever it comes."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from django.db import transaction
from pytest_django import Settings

from events.errors import BadLastEventId
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import ApiKey
from tenants.services import revoke_api_key
from tests.cast import Cast
from tests.events.client import opened
from tests.events.conftest import Server
from tests.events.things import Thing


def test_a_late_client_sees_all_that_happened_and_the_end(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    thing.becomes("running", "ready")
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert list(stream) == [
            thing.frame(1, "queued"),
            thing.frame(2, "running"),
            thing.frame(3, "ready"),
        ]


def test_an_early_client_sees_each_event_as_it_happens(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 3600  # so it is Redis that tells
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        thing.becomes("running")
        assert stream.take(1) == [thing.frame(2, "running")]
        thing.becomes("ready")
        assert list(stream) == [thing.frame(3, "ready")]


def test_the_answer_is_not_kept_back_by_caches_or_proxies(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    headers = {**cast.alice.headers, "X-Request-ID": "my-id", "Origin": "https://elsewhere.example"}
    with opened(f"{server.url}{thing.path}/events", headers) as stream:
        sent = stream.response.headers
    assert (sent["cache-control"], sent["x-accel-buffering"], sent["x-request-id"]) == ("no-cache", "no", "my-id")
    assert "access-control-allow-origin" not in sent


def test_an_origin_that_is_allowed_may_read(server: Server, cast: Cast, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    thing = Thing(cast.alice.caller)
    headers = {**cast.alice.headers, "Origin": "https://app.example"}
    with opened(f"{server.url}{thing.path}/events", headers) as stream:
        assert stream.response.headers["access-control-allow-origin"] == "https://app.example"


def test_the_frames_are_those_of_the_contract(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller, "ready")
    response = httpx.get(f"{server.url}{thing.path}/events", headers=cast.alice.headers)
    frame = sorted(response.text.removesuffix("\n\n").split("\n"))
    assert frame == [f'data: {{"thing": "{thing.id}", "status": "ready"}}', "event: status", "id: 1"]


@pytest.mark.parametrize("way", ["header", "query", "the header goes before the query"])
def test_a_client_that_reconnects_goes_on_where_it_was(server: Server, cast: Cast, way: str) -> None:
    thing = Thing(cast.alice.caller)
    url = f"{server.url}{thing.path}/events"
    with opened(url, cast.alice.headers) as stream:
        [(seen, _, _)] = stream.take(1)
    thing.becomes("running", "ready")
    last = {"Last-Event-ID": str(seen)} if way != "query" else {}
    query = {"header": "", "query": f"?lastEventId={seen}"}.get(way, "?lastEventId=0")
    with opened(url + query, {**cast.alice.headers, **last}) as stream:
        assert list(stream) == [thing.frame(2, "running"), thing.frame(3, "ready")]


@pytest.mark.parametrize("last", ["2", "999999999999999999"])
def test_who_has_seen_the_end_gets_an_empty_stream(server: Server, cast: Cast, last: str) -> None:
    thing = Thing(cast.alice.caller)
    thing.becomes("ready")
    headers = {**cast.alice.headers, "Last-Event-ID": last}
    with opened(f"{server.url}{thing.path}/events", headers) as stream:
        assert list(stream) == []


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "1" * 19, "٣"])
def test_a_bad_last_event_id_is_refused(server: Server, cast: Cast, last: str) -> None:
    thing = Thing(cast.alice.caller)
    headers = {**cast.alice.headers, "Last-Event-ID": last.encode(), "X-Request-ID": "my-id"}
    response = httpx.get(f"{server.url}{thing.path}/events", headers=headers)  # type: ignore[arg-type]
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")
    assert response.json() == {
        "type": "urn:qspro:error:bad_last_event_id",
        "title": BadLastEventId.title,
        "status": 400,
        "detail": "Send the id of the last event that you saw, a whole number.",
        "code": "bad_last_event_id",
        "retryable": False,
        "requestId": "my-id",
    }


def test_a_change_that_is_rolled_back_is_never_seen(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        with tenant_scope(cast.alice.caller.tenant_id):
            thing.append("failed")
            transaction.set_rollback(True)
        thing.sequence -= 1
        thing.becomes("running", "ready")
        assert list(stream) == [thing.frame(2, "running"), thing.frame(3, "ready")]


def test_of_a_burst_nobody_misses_one(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    statuses = [f"step {number}" for number in range(498)] + ["ready"]
    url = f"{server.url}{thing.path}/events"

    def watch(_: int) -> list[int]:
        with opened(url, cast.alice.headers) as stream:
            return [sequence for sequence, _, _ in stream]

    with ThreadPoolExecutor(3) as threads:
        watching = threads.map(watch, range(3))
        thing.becomes(*statuses)
        assert list(watching) == [list(range(1, 501))] * 3


def test_a_comment_keeps_the_line_open(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_KEEPALIVE_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        assert [stream.comment(), stream.comment()] == [": keep-alive", ": keep-alive"]
        thing.becomes("ready")
        assert list(stream) == [thing.frame(2, "ready")]


@pytest.mark.parametrize("who", ["mallory", "bob"])
def test_what_is_not_yours_is_not_there(server: Server, cast: Cast, who: str) -> None:
    thing = Thing(cast.alice.caller)
    headers = getattr(cast, who).headers
    theirs = httpx.get(f"{server.url}{thing.path}/events", headers=headers)
    nobodys = httpx.get(f"{server.url}/api/things/{uuid4()}/events", headers=headers)
    for response in (theirs, nobodys):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Api-Key nonsense"}, {"Cookie": "sessionid=nonsense"}])
def test_who_is_nobody_is_not_let_in(server: Server, cast: Cast, headers: dict[str, str]) -> None:
    thing = Thing(cast.alice.caller)
    response = httpx.get(f"{server.url}{thing.path}/events", headers=headers)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert response.json()["code"] in {"not_signed_in", "invalid_credentials"}


def test_a_stream_ends_with_the_access_to_it(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        revoke(cast.alice.caller)
        assert list(stream) == []


def test_other_addresses_and_methods_are_djangos(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    assert httpx.get(f"{server.url}{thing.path}", headers=cast.alice.headers).json() == {"status": "queued"}
    for response in (
        httpx.post(f"{server.url}{thing.path}/events", headers=cast.alice.headers),
        httpx.get(f"{server.url}/api/things/not-a-uuid/events", headers=cast.alice.headers),
    ):
        assert response.status_code == 404


def revoke(caller: Caller) -> None:
    with tenant_scope(caller.tenant_id):
        [key] = ApiKey.objects.all()
    assert revoke_api_key(tenant_id=caller.tenant_id, api_key_id=key.id)
