"""How many streams a user has open, and all together, for who wants to know without opening one."""

from uuid import UUID

from redis.exceptions import RedisError

from events.redis import redis
from events.slots import ALL, Slot


def streams_in_use(*, tenant_id: UUID, user_id: UUID) -> int | None:
    """None while Redis does not answer: then each process counts for itself, and nobody knows the sum."""
    try:
        return unexpired(Slot(f"{tenant_id}:{user_id}").key)
    except RedisError:
        return None


def streams_open() -> int:
    """Of all users, in all processes. Raises RedisError."""
    return unexpired(ALL)


def unexpired(key: str) -> int:
    seconds, microseconds = redis().time()
    return int(redis().zcount(key, seconds * 1000 + microseconds // 1000, "+inf"))
