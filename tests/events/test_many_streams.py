"""300 streams in one process: they cost neither threads nor database connections."""

import asyncio
import threading

import httpx
from django.db import connection
from pytest_django import Settings

from events.hub import THREADS
from tests.cast import Cast
from tests.events.conftest import Server, eventually
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
    assert counted[0] - threads_before <= THREADS
    assert connections_of_the_service()[0] <= settings.DATABASE_POOL


def finish(things: list[Thing]) -> None:
    for thing in things:
        thing.becomes("ready")
    connection.close()
