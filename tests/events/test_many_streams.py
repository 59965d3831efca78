"""Many streams in one process: they cost neither threads nor connections, and a crowd at the door delays no event."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from django.db import connection
from pytest_django import Settings

from events.threads import ADMITTING, CHECKING, READING
from tests.cast import Cast
from tests.events.client import opened
from tests.events.conftest import Server, eventually, keys_locked
from tests.events.things import Thing

STREAMS = 300


def connections_of_the_service() -> tuple[int, int]:
    """How many there are, and how many of them are in the middle of something, not counting the one that asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
        found: tuple[int, int] = cursor.fetchone()
    return found


def test_300_streams_hold_no_threads_and_no_connections(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_LIMIT_PER_USER = STREAMS
    settings.STREAM_CATCH_UP_SECONDS = 3600  # nothing is going on while we count
    things = [Thing(cast.alice.caller) for _ in range(30)]
    headers = cast.alice.headers
    threads_before = threading.active_count()
    counted: list[int] = []

    async def watch(client: httpx.AsyncClient, thing: Thing, open_ones: asyncio.Semaphore) -> list[str]:
        async with client.stream("GET", f"{server.url}{thing.path}/events", headers=headers) as response:
            lines = response.aiter_lines()
            seen = []
            async for line in lines:
                if line.startswith("id: "):
                    seen.append(line)
                    open_ones.release()
            return seen

    async def main() -> list[list[str]]:
        first_frames = asyncio.Semaphore(0)
        limits = httpx.Limits(max_connections=STREAMS)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:
            watching = [
                asyncio.create_task(watch(client, thing, first_frames))
                for thing in things
                for _ in range(STREAMS // 30)
            ]
            for _ in range(STREAMS):
                await first_frames.acquire()
            counted.append(threading.active_count())
            await asyncio.to_thread(eventually, lambda: connections_of_the_service()[1] == 0)
            await asyncio.to_thread(finish, things)
            return list(await asyncio.gather(*watching))

    assert asyncio.run(main()) == [["id: 1", "id: 2"]] * STREAMS
    assert counted[0] - threads_before <= READING + ADMITTING + CHECKING
    assert connections_of_the_service()[0] <= settings.DATABASE_POOL


def test_no_event_waits_behind_a_crowd_at_the_door(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 3600  # so that nothing is asked but who comes in, and for the event
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    url = f"{server.url}{thing.path}/events"
    with ThreadPoolExecutor(ADMITTING + 2) as crowd, opened(url, headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        with keys_locked():
            waiting = [crowd.submit(httpx.get, url, headers=headers, timeout=30) for _ in range(ADMITTING + 2)]
            eventually(lambda: waiting_for_locks() == ADMITTING)
            thing.becomes("ready")
            assert list(stream) == [thing.frame(2, "ready")]
        assert [each.result().status_code for each in waiting] == [200] * (ADMITTING + 2)


def test_no_event_waits_for_a_check_of_access(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        with keys_locked():
            eventually(lambda: waiting_for_locks() == CHECKING)
            thing.becomes("running", "ready")
            assert list(stream) == [thing.frame(2, "running"), thing.frame(3, "ready")]


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'"
        )
        found: int = cursor.fetchone()[0]
    return found


def finish(things: list[Thing]) -> None:
    for thing in things:
        thing.becomes("ready")
    connection.close()
