"""GET /metrics: Prometheus text of all processes that share one PROMETHEUS_MULTIPROC_DIR, and what the rows say."""

import hmac
import time
from collections.abc import Iterator
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from operators.errors import MetricsRefused
from qspro.problems import problem_response

# Two scrapers at once, or an eager one, cost the database one look.
FRESH_SECONDS = 2.0


class RunsCollector(Collector):
    """Active runs by status and stage, and the age of the oldest, over all tenants."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._rows: list[tuple[str, str, int, float]] = []

    def collect(self) -> Iterator[Metric]:
        active = GaugeMetricFamily("shell_query_active_jobs", "Runs that have not ended.", labels=["status", "stage"])
        oldest = GaugeMetricFamily(
            "shell_query_oldest_job_seconds", "Age of the oldest of them.", labels=["status", "stage"]
        )
        for status, stage, runs, age in self.rows():
            active.add_metric([status, stage], runs)
            oldest.add_metric([status, stage], age)
        return iter((active, oldest))

    def rows(self) -> list[tuple[str, str, int, float]]:
        with self._lock:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._rows, self._asked_at = active_runs(), time.monotonic()
            return self._rows


RUNS = RunsCollector()


def active_runs() -> list[tuple[str, str, int, float]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, stage, runs, oldest_seconds FROM active_runs()")
        return list(cursor.fetchall())


def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request):
        return problem_response(MetricsRefused("Send METRICS_TOKEN as a bearer token, or ask from a listed address."))
    parts = [generate_latest(counted()), generate_latest(told_by_rows())]
    return HttpResponse(b"".join(parts), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """By METRICS_TOKEN, or from an address of METRICS_ADDRESSES. Neither set: nobody."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if settings.METRICS_TOKEN and hmac.compare_digest(given, settings.METRICS_TOKEN.encode()):
        return True
    return request.META.get("REMOTE_ADDR") in settings.METRICS_ADDRESSES


def counted() -> CollectorRegistry:
    if not settings.PROMETHEUS_MULTIPROC_DIR:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=settings.PROMETHEUS_MULTIPROC_DIR)  # type: ignore[no-untyped-call]
    return registry


def told_by_rows() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(RUNS)
    return registry
