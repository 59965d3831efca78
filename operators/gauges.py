"""What the rows and Redis say at the moment of a scrape. A process that crashed leaves no lie behind.

What cannot be asked for just now is left out: a gauge that stands still would look like a calm.
"""

import logging
import time
from collections.abc import Iterator
from threading import Lock
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerAway
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from events.usage import streams_open
from leases import pulses
from leases.rooms import waiting_in
from operators.health import queues
from qspro.outages import Outage

# Two scrapers at once, or an eager one, cost the database one look.
FRESH_SECONDS = 2.0
BREAKERS = ("closed", "open", "half_open")

outage = Outage(logging.getLogger(__name__), "The Redis of the metrics")
database_outage = Outage(logging.getLogger(__name__), "The database of the metrics")

Rows = list[tuple[Any, ...]]


class RowsCollector(Collector):
    """Active runs, what waits to be done, and breakers, over all tenants."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._told: tuple[Rows, Rows, Rows] = ([], [], [])

    def collect(self) -> Iterator[Metric]:
        try:
            active, waiting, units = self.told()
        except (OperationalError, InterfaceError) as error:
            database_outage.seen(error)
            return
        database_outage.over()
        yield gauge("shell_query_active_jobs", "Runs that have not ended.", ("status", "stage"), active, 2)
        yield gauge("shell_query_oldest_job_seconds", "Age of the oldest of them.", ("status", "stage"), active, 3)
        yield gauge("shell_query_overdue", "Rows whose alarm has rung and that nobody took.", ("queue",), waiting, 1)
        yield gauge("shell_query_overdue_seconds", "How long the oldest of them waits.", ("queue",), waiting, 2)
        yield gauge("shell_query_claimed", "Rows that a worker has.", ("queue",), waiting, 3)
        found = dict.fromkeys(BREAKERS, 0) | dict(units)
        yield gauge("mce_business_units", "Business units by breaker.", ("breaker",), list(found.items()), 1)

    def told(self) -> tuple[Rows, Rows, Rows]:
        with self._lock:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._told = active_runs(), backlog(), breakers()
                self._asked_at = time.monotonic()
            return self._told


class RedisCollector(Collector):
    """Messages, streams, and who gave a sign of life."""

    def collect(self) -> Iterator[Metric]:
        try:
            seen = pulses.latest([pulses.BEAT, *(pulses.of_queue(queue) for queue in queues())])
            messages = [(queue, waiting_in(queue)) for queue in queues()]
            streams = [(streams_open(),)]
        except (RedisError, BrokerAway, OSError) as error:
            outage.seen(error)
            return
        outage.over()
        alive = [("beat", pulses.BEAT in seen), *((queue, pulses.of_queue(queue) in seen) for queue in queues())]
        yield gauge("celery_queue_messages", "Messages that wait.", ("queue",), messages, 1)
        yield gauge("event_streams_open", "Server-sent event streams.", (), streams, 0)
        yield gauge("celery_alive", "Whether beat, or a worker of the queue, lives.", ("part",), alive, 1)


def gauge(name: str, help_text: str, labels: tuple[str, ...], rows: Rows, value: int) -> GaugeMetricFamily:
    """A row begins with its labels; `value` is the column with the number."""
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for row in rows:
        family.add_metric([str(label) for label in row[: len(labels)]], float(row[value]))
    return family


ROWS, REDIS = RowsCollector(), RedisCollector()


def active_runs() -> Rows:
    return asked("SELECT status, stage, runs, oldest_seconds FROM active_runs()")


def backlog() -> Rows:
    return asked("SELECT queue, overdue, oldest_seconds, claimed FROM backlog()")


def breakers() -> Rows:
    return asked("SELECT state, units FROM business_units_by_breaker()")


def asked(sql: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
