"""Signs of life: of beat, and of whoever takes messages from a queue. They lie in Redis, and end there by themselves.

A process that stands still or has died gives none. READY_FILE is touched with each: a check beside the process needs
nothing but the file's age (qspro/alive.py).
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from qspro.outages import Outage

# Workers give one every two seconds, beat with each tick.
KEPT_SECONDS = 15
BEAT = "beat"

outage = Outage(logging.getLogger(__name__), "The Redis for signs of life")


def give(names: Iterable[str]) -> None:
    """Whoever gives it goes on all the same where Redis does not take it."""
    now = timezone.now()
    try:
        cache.set_many({key(name): now for name in names}, KEPT_SECONDS)
    except (RedisError, OSError) as error:
        outage.seen(error)
    else:
        outage.over()


def latest(names: Iterable[str]) -> dict[str, datetime]:
    """When each gave its latest; those are missing that gave none of late. Raises RedisError."""
    found = cache.get_many([key(name) for name in names])
    return {name.partition(":")[2]: at for name, at in found.items()}


def key(name: str) -> str:
    return f"pulse:{name}"


def of_queue(queue: str) -> str:
    return f"queue-{queue}"


def touch() -> None:
    if settings.READY_FILE:
        Path(settings.READY_FILE).touch()
