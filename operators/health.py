"""GET /health: everything that the service needs, each with its state and how long it took to say so.

Unlike /readyz it also asks for what a restart of the API would not mend: for dashboards and people, not for a balancer.
"""

import math
import time
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError as BrokerError
from redis import Redis
from redis.exceptions import RedisError

from leases import pulses
from leases.registry import kinds
from leases.rooms import waiting_in

UP, DOWN = "up", "down"
TICK = "tick"
TROUBLE = (DatabaseError, RedisError, BrokerError, OSError)

Told = dict[str, Any]


def health(request: HttpRequest) -> JsonResponse:
    """503 if one of them is down. Nobody is told more than the class of an error."""
    parts = {name: timed(check) for name, check in CHECKS.items()}
    is_well = all(part["state"] == UP for part in parts.values())
    return JsonResponse({"status": UP if is_well else DOWN, **parts}, status=200 if is_well else 503)


def timed(check: Callable[[], Told]) -> Told:
    began = time.monotonic()
    try:
        told = check()
    except TROUBLE as error:
        told = {"state": DOWN, "error": type(error).__name__}
    return {**told, "milliseconds": round((time.monotonic() - began) * 1000, 1)}


def database() -> Told:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
    return {"state": UP}


def redis() -> Told:
    timeout = settings.REDIS_TIMEOUT_SECONDS
    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=timeout, socket_timeout=timeout) as client:
        client.ping()
    return {"state": UP}


def broker() -> Told:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=math.ceil(settings.REDIS_TIMEOUT_SECONDS))
    return {"state": UP}


def workers() -> Told:
    """Up while somebody takes messages from each queue."""
    seen = pulses.latest(pulses.of_queue(queue) for queue in queues())
    told = {queue: seen.get(pulses.of_queue(queue)) for queue in queues()}
    return {"state": UP if all(told.values()) else DOWN, "lastSeenAt": told}


def beat() -> Told:
    seen = pulses.latest([pulses.BEAT]).get(pulses.BEAT)
    return {"state": UP if seen else DOWN, "lastSeenAt": seen}


def depth() -> Told:
    """Messages that wait. However many: the rows keep their order, so many are no outage."""
    return {"state": UP, "messages": {queue: waiting_in(queue) for queue in queues()}}


def queues() -> list[str]:
    return sorted({TICK, *(kind.queue for kind in kinds())})


CHECKS: dict[str, Callable[[], Told]] = {
    "database": database,
    "redis": redis,
    "broker": broker,
    "workers": workers,
    "beat": beat,
    "queues": depth,
}
