"""A supervised ear on Redis: connects again for ever."""

import asyncio
import logging
import random
from collections.abc import Callable

from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from events.channels import REDIS_CHANNEL, channel_named
from events.redis import async_redis

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
SILENCE = 10.0  # seconds until a quiet connection is asked whether it lives


class Listener:
    """Calls `heard` with the channel of each message, and `connected` when messages may have been missed before."""

    def __init__(self, *, heard: Callable[[str], None], connected: Callable[[], None]) -> None:
        self.heard = heard
        self.connected = connected
        self.pause = FIRST_PAUSE

    async def run(self) -> None:
        while True:
            try:
                await self.listen()
            except (RedisError, OSError) as exc:
                logger.warning("No ear on Redis, streams live by catching up: %s", type(exc).__name__)
            except Exception:
                logger.exception("The listener failed and starts again")
            await asyncio.sleep(self.pause * random.uniform(0.5, 1))  # noqa: S311
            self.pause = min(self.pause * 2, LONGEST_PAUSE)

    async def listen(self) -> None:
        """Listens for as long as the connection lives; always ends with an error."""
        redis = async_redis(retries=0)
        pubsub: PubSub = redis.pubsub()
        try:
            await pubsub.subscribe(REDIS_CHANNEL)
            await self.listen_to(pubsub)
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            await redis.aclose()

    async def listen_to(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE)
            if message is None:
                if asked:
                    raise RedisConnectionError("It does not answer a ping.")
                await pubsub.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "subscribe":
                self.pause = FIRST_PAUSE
                self.connected()
            elif message["type"] == "message" and (channel := channel_named(message["data"])):
                self.heard(channel)
