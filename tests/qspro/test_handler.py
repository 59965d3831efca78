"""How often a request changes between the event loop and threads."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, cast

import httpx
import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from qspro.handler import KEPT_THREADS, OneThreadHandler


class Counting(asyncio.SelectorEventLoop):
    """Knows how often something was given to a thread."""

    hops = 0

    def run_in_executor(self, executor: Executor | None, func: Any, *args: Any) -> Any:  # type: ignore[override]
        self.hops += 1
        return super().run_in_executor(executor, func, *args)


def quick(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(threading.get_ident()))


together = threading.Barrier(2)


def meeting(request: HttpRequest) -> HttpResponse:
    """Is answered once two ask for it."""
    together.wait(timeout=10)
    return quick(request)


begun, let_go = threading.Event(), threading.Event()


def lasting(request: HttpRequest) -> HttpResponse:
    begun.set()
    let_go.wait(timeout=10)
    return quick(request)


urlpatterns = [path("quick", quick), path("meeting", meeting), path("lasting", lasting)]


Ask = Callable[..., list[str]]


@pytest.fixture
def loop(settings: Any) -> Iterator[Counting]:
    settings.ROOT_URLCONF = __name__
    loop = Counting()
    yield loop
    loop.close()


@pytest.fixture
def handler() -> OneThreadHandler:
    return OneThreadHandler()


@pytest.fixture
def ask(loop: Counting, handler: OneThreadHandler) -> Ask:
    """What is answered to each path, all asked for at once."""
    transport = httpx.ASGITransport(cast(Any, handler))

    async def answers(paths: tuple[str, ...]) -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await asyncio.gather(*(client.get(f"/{path}") for path in paths))

    return lambda *paths: [each.raise_for_status().text for each in loop.run_until_complete(answers(paths))]


def test_a_request_goes_to_a_thread_when_it_begins_is_answered_and_has_ended(loop: Counting, ask: Ask) -> None:
    ask("quick")
    assert loop.hops == 3


def test_one_request_after_the_other_is_answered_by_the_same_thread(ask: Ask) -> None:
    assert ask("quick") == ask("quick")


def test_requests_at_once_are_answered_by_threads_of_their_own(ask: Ask) -> None:
    assert len(set(ask("meeting", "meeting"))) == 2


def test_of_a_crowds_threads_only_some_are_kept(handler: OneThreadHandler, ask: Ask) -> None:
    ask(*["quick"] * (KEPT_THREADS + 5))
    assert len(handler.idle) == KEPT_THREADS


def test_a_thread_serves_nobody_else_while_it_works_for_a_client_who_has_gone(
    loop: Counting, handler: OneThreadHandler
) -> None:
    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        if not messages:
            await loop.run_in_executor(None, begun.wait, 10)
            return {"type": "http.disconnect"}
        return messages.pop()

    async def send(message: Any) -> None:
        raise AssertionError("nobody hears this")

    async def gone() -> tuple[list[int], set[Any]]:
        headers = [(b"host", b"localhost")]
        scope = {"type": "http", "method": "GET", "path": "/lasting", "headers": headers, "query_string": b""}
        request = asyncio.ensure_future(handler(scope, receive, send))
        _, working = await asyncio.wait({request}, timeout=0.3)
        meanwhile = len(handler.idle)
        let_go.set()
        await request
        return [meanwhile, len(handler.idle)], working

    threads, working = loop.run_until_complete(gone())
    assert (threads, len(working)) == ([0, 1], 1)
