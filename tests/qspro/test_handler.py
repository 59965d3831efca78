"""How often a request changes between the event loop and threads."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, cast

import httpx
import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from qspro.handler import OneThreadHandler


class Counting(asyncio.SelectorEventLoop):
    """Knows how often something was given to a thread."""

    hops = 0

    def run_in_executor(self, executor: Executor | None, func: Any, *args: Any) -> Any:
        self.hops += 1
        return super().run_in_executor(executor, func, *args)


def quick(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [path("quick", quick)]


Ask = Callable[..., list[str]]


@pytest.fixture
def loop(settings: Any) -> Iterator[Counting]:
    settings.ROOT_URLCONF = __name__
    loop = Counting()
    yield loop
    loop.close()


@pytest.fixture
def ask(loop: Counting) -> Ask:
    """What is answered to each path, all asked for at once."""
    transport = httpx.ASGITransport(cast(Any, OneThreadHandler()))

    async def answers(paths: tuple[str, ...]) -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await asyncio.gather(*(client.get(f"/{path}") for path in paths))

    return lambda *paths: [each.raise_for_status().text for each in loop.run_until_complete(answers(paths))]


def test_a_request_goes_to_a_thread_when_it_begins_is_answered_and_has_ended(loop: Counting, ask: Ask) -> None:
    ask("quick")
    assert loop.hops == 3
