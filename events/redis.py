"""Redis as events use it: soon given up on, never needed for an event to arrive."""

from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

CONNECTIONS = 10  # of an event loop, however many streams it has


def redis() -> Redis:
    """The client of this process, for threads."""
    return client_for(settings.REDIS_URL, settings.REDIS_TIMEOUT_SECONDS)


@lru_cache(maxsize=4)
def client_for(url: str, timeout: float) -> Redis:
    # Once more at once, because a pooled connection may be older than the server; never again after a timeout.
    retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
    return Redis.from_url(url, socket_connect_timeout=timeout, socket_timeout=timeout, retry=retry)


def async_redis(*, retries: int) -> AsyncRedis:
    """A new client, for one event loop. A loop that was busy for long sees timeouts of its own making: retry then."""
    timeout = settings.REDIS_TIMEOUT_SECONDS
    pool = BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=CONNECTIONS,
        timeout=timeout,
        socket_connect_timeout=timeout,
        socket_timeout=timeout,
        retry=AsyncRetry(NoBackoff(), retries),
    )
    return AsyncRedis.from_pool(pool)
