"""GET /metrics: what all processes with one PROMETHEUS_MULTIPROC_DIR count, and what the rows and Redis say."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from operators.errors import MetricsRefused
from operators.gauges import REDIS, ROWS
from qspro.problems import problem_response


def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request):
        return problem_response(MetricsRefused("Send METRICS_TOKEN as a bearer token, or ask from a listed address."))
    parts = [generate_latest(counted()), generate_latest(told())]
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


def told() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(ROWS)
    registry.register(REDIS)
    return registry
