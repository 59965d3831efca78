"""Five streams a user, over all processes, and none of them lost to a crash."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings
from redis import Redis

from events.errors import TooManyStreams
from events.slots import ALL, Slots
from tenants.callers import Caller
from tests.cast import Cast
from tests.events.client import opened
from tests.events.conftest import Server, eventually, served_by_a_process
from tests.events.things import Thing


def held(redis: Redis, caller: Caller) -> int:
    count = redis.zcard(f"qspro:streams:{caller.tenant_id}:{caller.user_id}")
    assert isinstance(count, int)
    return count


def test_the_sixth_stream_is_refused_whichever_process_is_asked(
    serve: Callable[[], Server], cast: Cast, redis: Redis
) -> None:
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    here, there = serve(), serve()
    with ExitStack() as streams:
        for server in (here, there, here, there, here):
            streams.enter_context(opened(f"{server.url}{thing.path}/events", headers))
        for server in (here, there):
            refused = httpx.get(f"{server.url}{thing.path}/events", headers=headers)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
            assert refused.json()["code"] == "too_many_streams"
        # A colleague has streams of his own.
        his = Thing(cast.bob.caller, "ready")
        with opened(f"{here.url}{his.path}/events", cast.bob.headers) as stream:
            assert list(stream) == [his.frame(1, "ready")]


def test_a_client_that_leaves_frees_its_slot(server: Server, cast: Cast, redis: Redis) -> None:
    thing = Thing(cast.alice.caller)
    url = f"{server.url}{thing.path}/events"
    with ExitStack() as streams:
        for _ in range(5):
            streams.enter_context(opened(url, cast.alice.headers))
        assert held(redis, cast.alice.caller) == 5
    eventually(lambda: held(redis, cast.alice.caller) == 0)
    thing.becomes("ready")
    with opened(url, cast.alice.headers) as stream:
        assert len(list(stream)) == 2


def test_a_stream_that_ends_frees_its_slot(server: Server, cast: Cast, redis: Redis) -> None:
    thing = Thing(cast.alice.caller, "ready")
    for _ in range(7):
        with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
            list(stream)
        eventually(lambda: held(redis, cast.alice.caller) == 0)


def test_a_process_that_is_killed_gives_its_slots_back_when_they_expire(
    server: Server, cast: Cast, settings: Settings, redis: Redis
) -> None:
    settings.STREAM_SLOT_SECONDS = 2
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    with (
        served_by_a_process(STREAM_SLOT_SECONDS="2", STREAM_KEEPALIVE_SECONDS="0.5") as (process, url),
        ExitStack() as streams,
    ):
        for _ in range(5):
            stream = streams.enter_context(opened(f"{url}{thing.path}/events", headers))
        # Renewed for longer than a slot lives, the streams keep them.
        for _ in range(6):
            stream.comment()
        assert httpx.get(f"{server.url}{thing.path}/events", headers=headers).status_code == 429
        process.kill()
        process.wait()
        assert held(redis, cast.alice.caller) == 5
        thing.becomes("ready")
        eventually(lambda: httpx.get(f"{server.url}{thing.path}/events", headers=headers).status_code == 200)


def test_without_redis_each_process_counts_for_itself(server: Server, cast: Cast, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nobody listens there
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    url = f"{server.url}{thing.path}/events"
    with ExitStack() as opening:
        streams = [opening.enter_context(opened(url, headers)) for _ in range(5)]
        refused = httpx.get(url, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
        thing.becomes("ready")
        for stream in streams:
            assert [status["status"] for _, _, status in stream] == ["queued", "ready"]
    with opened(url, headers) as stream:
        assert len(list(stream)) == 2


def test_of_50_at_one_moment_5_get_a_slot(redis: Redis) -> None:
    async def race(tenant_id: UUID, user_id: UUID) -> list[bool]:
        processes = [Slots() for _ in range(10)]
        full = asyncio.Event()

        async def one(slots: Slots) -> bool:
            try:
                async with slots.held(tenant_id=tenant_id, user_id=user_id):
                    await full.wait()
                    return True
            except TooManyStreams:
                refused.append(slots)
                if len(refused) == 45:
                    full.set()
                return False

        refused: list[Slots] = []
        taken = await asyncio.gather(*(one(slots) for slots in processes for _ in range(5)))
        for slots in processes:
            await slots.stop()
        return taken

    assert django_settings.STREAM_LIMIT_PER_USER == 5
    assert sorted(asyncio.run(race(uuid4(), uuid4()))) == [False] * 45 + [True] * 5


@pytest.mark.parametrize("moment", ["while it is taken", "while it is held"])
def test_a_stream_that_is_cancelled_frees_its_slot(redis: Redis, moment: str) -> None:
    async def cancelled() -> int:
        slots, tenant_id, user_id, taken = Slots(), uuid4(), uuid4(), asyncio.Event()

        async def hold() -> None:
            async with slots.held(tenant_id=tenant_id, user_id=user_id):
                taken.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(hold())
        if moment == "while it is held":
            await taken.wait()
        else:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        left = await slots.redis.zcard(f"qspro:streams:{tenant_id}:{user_id}")
        await slots.stop()
        return int(left) + len(slots.open)

    assert asyncio.run(cancelled()) == 0


def test_a_redis_that_has_forgotten_a_slot_is_told_of_it_again(
    server: Server, cast: Cast, settings: Settings, redis: Redis
) -> None:
    settings.STREAM_KEEPALIVE_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        redis.flushdb()
        eventually(lambda: held(redis, cast.alice.caller) == 1 and redis.zcard(ALL) == 1)


def test_a_slot_whose_renewal_reaches_redis_after_it_was_freed_stays_free(redis: Redis) -> None:
    async def left_over(tenant_id: UUID, user_id: UUID) -> list[int]:
        slots = Slots()
        async with slots.held(tenant_id=tenant_id, user_id=user_id):
            renewed = list(slots.taken)
        await slots.renew_some(renewed)
        left = [await slots.redis.zcard(key) for key in (renewed[0].key, ALL)]
        await slots.stop()
        return left

    assert asyncio.run(left_over(uuid4(), uuid4())) == [0, 0]
