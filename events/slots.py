"""How many streams a user has open, over all processes.

A sorted set in Redis for each user: member = stream, score = when it expires unless renewed, so that a process that
crashes frees its slots. A process renews all that it holds together. While Redis does not answer, each process counts
for itself.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from events.errors import TooManyStreams
from events.redis import async_redis

logger = logging.getLogger(__name__)

# KEYS: the user's set, and that of all streams, for who counts them. ARGV: limit, milliseconds to live, the stream.
# By the clock of Redis, the only one all share. May be sent twice: who has the slot keeps it.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local new = not redis.call('ZSCORE', KEYS[1], ARGV[3])
if new and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
"""

# KEYS: the set of all streams, then for each stream its user's. ARGV: milliseconds to live, then the streams.
# Also puts them back into a Redis that has forgotten them.
RENEW = """
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for number = 2, #KEYS do
    redis.call('ZADD', KEYS[1], ends, ARGV[number])
    redis.call('ZADD', KEYS[number], ends, ARGV[number])
    redis.call('PEXPIRE', KEYS[number], ARGV[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
"""
# Renewed by one call, which keeps Redis and our loop busy for a millisecond or two.
TOGETHER = 200

ALL = "qspro:all-streams"


@dataclass(frozen=True)
class Slot:
    user: str
    stream: str = field(default_factory=lambda: uuid4().hex)

    @property
    def key(self) -> str:
        return f"qspro:streams:{self.user}"


class Slots:
    """The slots that the streams of this process hold."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.taken: set[Slot] = set()
        self.renewal: asyncio.Task[None] | None = None
        self.client: Redis | None = None

    @asynccontextmanager
    async def held(self, *, tenant_id: UUID, user_id: UUID) -> AsyncIterator[None]:
        """A slot for as long as the block runs. Raises TooManyStreams."""
        slot = Slot(f"{tenant_id}:{user_id}")
        with self.counted(slot.user):
            try:
                if not await self.take(slot):
                    raise too_many()
                self.taken.add(slot)
                self.start()
                yield
            finally:
                self.taken.discard(slot)
                # Also when we are being cancelled. To free what was not taken does no harm.
                await asyncio.shield(self.free(slot))

    @contextmanager
    def counted(self, user: str) -> Iterator[None]:
        if self.open[user] >= settings.STREAM_LIMIT_PER_USER:
            raise too_many()
        self.open[user] += 1
        try:
            yield
        finally:
            self.open[user] -= 1
            if not self.open[user]:
                del self.open[user]

    async def take(self, slot: Slot) -> bool:
        limit = settings.STREAM_LIMIT_PER_USER
        try:
            return bool(await self.redis.eval(TAKE, 2, slot.key, ALL, limit, lifetime(), slot.stream))
        except RedisError as exc:
            logger.warning("Redis does not count streams, each process does: %s", type(exc).__name__)
            return True

    async def free(self, *slots: Slot) -> None:
        freeing = self.redis.pipeline(transaction=False)
        for slot in slots:
            freeing.zrem(slot.key, slot.stream)
            freeing.zrem(ALL, slot.stream)
        try:
            await freeing.execute()
        except RedisError as exc:
            logger.warning("A slot is freed by its expiry only: %s", type(exc).__name__)

    def start(self) -> None:
        if self.renewal is None:
            self.renewal = asyncio.create_task(self.renew_for_ever(), context=Context())

    async def renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(settings.STREAM_KEEPALIVE_SECONDS)
            try:
                await self.renew()
            except RedisError as exc:
                logger.warning("Redis does not renew slots, which is tried again: %s", type(exc).__name__)
            except Exception:
                logger.exception("Renewing slots failed and is tried again")

    async def renew(self) -> None:
        """All that are held. Raises RedisError."""
        taken = list(self.taken)
        for first in range(0, len(taken), TOGETHER):
            some = [slot for slot in taken[first : first + TOGETHER] if slot in self.taken]
            await self.renew_some(some)

    async def renew_some(self, some: Sequence[Slot]) -> None:
        keys, streams = [slot.key for slot in some], [slot.stream for slot in some]
        await self.redis.eval(RENEW, len(keys) + 1, ALL, *keys, lifetime(), *streams)
        # Freed while this was on its way, perhaps before it arrived.
        if freed := [slot for slot in some if slot not in self.taken]:
            await self.free(*freed)

    @property
    def redis(self) -> Redis:
        if self.client is None:
            self.client = async_redis(retries=1)
        return self.client

    async def stop(self) -> None:
        if self.renewal is not None:
            self.renewal.cancel()
            await asyncio.wait([self.renewal])
        if self.client is not None:
            await self.client.aclose()


def lifetime() -> int:
    """Of a slot that is not renewed, in milliseconds."""
    return int(settings.STREAM_SLOT_SECONDS * 1000)


def too_many() -> TooManyStreams:
    # An abandoned connection is noticed when the next keep-alive is written to it.
    return TooManyStreams(
        f"At most {settings.STREAM_LIMIT_PER_USER} event streams may be open; close one.",
        retry_after=settings.STREAM_KEEPALIVE_SECONDS,
    )
