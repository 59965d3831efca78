"""How many streams a user has open, over all processes.

A sorted set in Redis for each user: member = stream, score = when it expires unless renewed, so that a process that
crashes frees its slots. While Redis does not answer, each process counts for itself.
"""

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
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
        self.client: Redis | None = None

    @asynccontextmanager
    async def held(self, *, tenant_id: UUID, user_id: UUID) -> AsyncIterator[Slot]:
        """A slot for as long as the block runs; renew() it meanwhile. Raises TooManyStreams."""
        slot = Slot(f"{tenant_id}:{user_id}")
        with self.counted(slot.user):
            try:
                if not await self.take(slot, limit=settings.STREAM_LIMIT_PER_USER):
                    raise too_many()
                yield slot
            finally:
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

    async def renew(self, slot: Slot) -> None:
        """Also puts it back into a Redis that has forgotten it."""
        await self.take(slot, limit=sys.maxsize)

    async def take(self, slot: Slot, *, limit: int) -> bool:
        lives = int(settings.STREAM_SLOT_SECONDS * 1000)
        try:
            return bool(await self.redis.eval(TAKE, 2, slot.key, ALL, limit, lives, slot.stream))
        except RedisError as exc:
            logger.warning("Redis does not count streams, each process does: %s", type(exc).__name__)
            return True

    async def free(self, slot: Slot) -> None:
        try:
            await self.redis.zrem(slot.key, slot.stream)
            await self.redis.zrem(ALL, slot.stream)
        except RedisError as exc:
            logger.warning("A slot is freed by its expiry only: %s", type(exc).__name__)

    @property
    def redis(self) -> Redis:
        if self.client is None:
            self.client = async_redis(retries=1)
        return self.client

    async def stop(self) -> None:
        if self.client is not None:
            await self.client.aclose()


def too_many() -> TooManyStreams:
    # An abandoned connection is noticed when the next keep-alive is written to it.
    return TooManyStreams(
        f"At most {settings.STREAM_LIMIT_PER_USER} event streams may be open; close one.",
        retry_after=settings.STREAM_KEEPALIVE_SECONDS,
    )
