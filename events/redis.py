"""Redis as events use it: soon given up on, never needed for an event to arrive."""

from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry


def redis() -> Redis:
    """The client of this process, for threads."""
    return client_for(settings.REDIS_URL, settings.REDIS_TIMEOUT_SECONDS)


@lru_cache(maxsize=4)
def client_for(url: str, timeout: float) -> Redis:
    # Once more at once, because a pooled connection may be older than the server; never again after a timeout.
    retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
    return Redis.from_url(url, socket_connect_timeout=timeout, socket_timeout=timeout, retry=retry)


def async_redis() -> AsyncRedis:
    """A new client, for one event loop."""
    return AsyncRedis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        retry=AsyncRetry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )
