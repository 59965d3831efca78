"""`Prefer: wait=N` on a GET."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from redis import Redis

from events.asgi import Scope
from events.wait import preferred_wait
from tests.cast import Cast
from tests.events.client import opened
from tests.events.conftest import Server, eventually
from tests.events.things import Thing


def get(server: Server, thing: Thing, headers: dict[str, str], prefer: str) -> httpx.Response:
    return httpx.get(f"{server.url}{thing.path}", headers={**headers, "Prefer": prefer}, timeout=40)


def said(response: httpx.Response) -> tuple[int, Any, str | None]:
    return response.status_code, response.json(), response.headers.get("preference-applied")


def test_what_is_over_is_answered_at_once(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller, "ready")
    assert said(get(server, thing, cast.alice.headers, "wait=30")) == (200, {"status": "ready"}, "wait=30")


def test_what_goes_on_is_answered_when_it_is_over(server: Server, cast: Cast) -> None:
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(get, server, thing, headers, "wait=30")
        eventually(lambda: server.application.hub.watchers == 1)
        thing.becomes("running")
        assert not waiting.done()
        thing.becomes("ready")
        assert said(waiting.result()) == (200, {"status": "ready"}, "wait=30")


def test_what_takes_longer_is_answered_as_it_is(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    assert said(get(server, thing, cast.alice.headers, "respond-async, wait=1")) == (
        200,
        {"status": "queued"},
        "wait=1",
    )


def test_without_the_preference_nothing_waits(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    assert said(get(server, thing, cast.alice.headers, "respond-async")) == (200, {"status": "queued"}, None)


def test_who_may_not_watch_is_answered_by_django_without_waiting(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller)
    assert said(get(server, thing, cast.mallory.headers, "wait=30")) == (404, {}, None)


def test_a_wait_counts_as_a_stream(server: Server, cast: Cast, redis: Redis) -> None:
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    with ExitStack() as streams:
        for _ in range(5):
            streams.enter_context(opened(f"{server.url}{thing.path}/events", headers))
        refused = get(server, thing, headers, "wait=30")
        assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_streams", "15")
    eventually(lambda: not redis.keys("qspro:streams:*"))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(get, server, thing, headers, "wait=30")
        eventually(lambda: bool(redis.keys("qspro:streams:*")))
        thing.becomes("ready")
        assert waiting.result().json() == {"status": "ready"}
    eventually(lambda: not redis.keys("qspro:streams:*"))


def test_a_client_that_leaves_waits_no_more(server: Server, cast: Cast, redis: Redis) -> None:
    thing = Thing(cast.alice.caller)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{server.url}{thing.path}", headers={**cast.alice.headers, "Prefer": "wait=30"}, timeout=1)
    eventually(lambda: server.application.hub.watchers == 0 and not redis.keys("qspro:streams:*"))


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=5", 5),
        ("Wait = 5", 5),
        ('wait="5"', 5),
        ("respond-async, wait=5; x=1", 5),
        ("wait=31", 30),
        ("wait=0", 0),
        ("wait", None),
        ("wait=", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=x", None),
        ("nowait=5", None),
        ("", None),
    ],
)
def test_how_the_header_reads(prefer: str, seconds: int | None) -> None:
    scope: Scope = {"headers": [(b"prefer", prefer.encode())]}
    assert preferred_wait(scope) == seconds


def test_no_header_is_no_preference() -> None:
    assert preferred_wait({"headers": []}) is None
