"""From the commit of an event to its frame at the client, with many streams open in one API process, or coming.

Time is counted from `at` of the frame, which is when its transaction began. The worker is down, so that all that goes
on are the streams and the cancellations that make the events.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from tests.bench import processes
from tests.bench.crowd import submit_many
from tests.bench.figures import Figure, at
from tests.bench.place import whole_system
from tests.bench.scale import Scale
from tests.faults.load import RUNS_A_USER, Asked
from tests.faults.system import System

RUNS = 1000
# Streams of each run: so 1,000, and then, of those that are left, 5,400.
WATCHERS = (1, 6)
# More streams of each run, all opened at one moment.
CROWD = 5
EVENTS = 100
APART = 0.05
PATIENCE = 120.0
SETTINGS = {"STREAM_LIMIT_PER_USER": "100000"}


def measure(scale: Scale) -> Iterator[Figure]:
    runs = scale.of(RUNS, 20)
    users = runs // RUNS_A_USER
    with whole_system(scale, users=users, settings=SETTINGS) as (system, people), system.kept_down("worker"):
        asked = submit_many(system, people, runs)
        events = scale.of(EVENTS, 3)
        for number, watchers in enumerate(WATCHERS):
            some = asked[number * events : (number + 1) * events]
            yield from asyncio.run(watched(system, asked[number * events :], some, watchers))
        some, others = asked[events * 2 : events * 5 // 2], asked[events * 5 // 2 :]
        yield from asyncio.run(crowded(system, others, some))


async def watched(system: System, asked: Sequence[Asked], some: Sequence[Asked], watchers: int) -> list[Figure]:
    """All of `asked` are watched by so many streams each, and `some` are canceled."""
    before, began = processes.memory(system)["api"], processes.cpu(system)
    opened, late = asyncio.Semaphore(0), list[float]()
    async with asyncio.TaskGroup() as group:
        streams = [group.create_task(follow(system.api, each, opened, late)) for each in asked for _ in range(watchers)]
        await all_open(streams, opened)
        after, spent = processes.memory(system)["api"], processes.spent(began, processes.cpu(system))
        await cancel(system.api, some)
        await told(late, len(some) * watchers)
        held = sum(not stream.done() for stream in streams) + len(late)
        for stream in streams:
            stream.cancel()
    name = f"{len(streams)} streams"
    return [
        Figure(f"{name}: held", "", (held,), goal=str(len(streams))),
        Figure(f"{name}: from commit to frame, p50", "ms", (at(0.5, late),)),
        Figure(f"{name}: from commit to frame, p99", "ms", (at(0.99, late),), goal="under 100"),
        Figure(f"{name}: memory of the API for each 1,000", "MB", ((after - before) / len(streams) * 1000,)),
        Figure(f"{name}: to open one costs the API", "ms CPU", (spent["api"] / len(streams) * 1000,)),
    ]


async def crowded(system: System, others: Sequence[Asked], some: Sequence[Asked]) -> list[Figure]:
    """Each of `some` is watched once and canceled, while the streams of all others are being opened."""
    opened, late = asyncio.Semaphore(0), list[float]()
    async with asyncio.TaskGroup() as group:
        streams = [group.create_task(follow(system.api, each, opened, late)) for each in some]
        await all_open(streams, opened)
        crowd = [group.create_task(follow(system.api, each, opened, [])) for each in others for _ in range(CROWD)]
        await cancel(system.api, some)
        await told(late, len(some))
        for stream in crowd:
            stream.cancel()
    name = f"while {len(crowd)} streams are opened at once: from commit to frame"
    return [
        Figure(f"{name}, p50", "ms", (at(0.5, late),)),
        Figure(f"{name}, p99", "ms", (at(0.99, late),)),
    ]


async def all_open(streams: Sequence[object], opened: asyncio.Semaphore) -> None:
    async with asyncio.timeout(PATIENCE):
        for _ in streams:
            await opened.acquire()


async def told(late: Sequence[float], count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(late) < count:
            await asyncio.sleep(0.05)


async def cancel(api: str, some: Sequence[Asked]) -> None:
    async with httpx.AsyncClient(base_url=api, timeout=60) as http:
        for each in some:
            answer = await http.post(f"/api/runs/{each.run_id}/cancel", headers=each.user.headers)
            answer.raise_for_status()
            await asyncio.sleep(APART)


async def follow(api: str, asked: Asked, opened: asyncio.Semaphore, late: list[float]) -> None:
    """One stream, read line by line: a client that costs as little as it can, on the same machine."""
    address = urlsplit(api)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(
            f"GET /api/runs/{asked.run_id}/events HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: {asked.user.headers['Authorization']}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        status = (await reader.readline()).split()[1]
        if status != b"200":
            raise RuntimeError(f"A stream was answered with {status.decode()}.")
        first = True
        async for line in reader:
            if not line.startswith(b"data: {"):
                continue
            now = time.time()
            if first:
                opened.release()
                first = False
                continue
            late.append((now - datetime.fromisoformat(json.loads(line[6:])["at"]).timestamp()) * 1000)
            return
    finally:
        writer.close()
