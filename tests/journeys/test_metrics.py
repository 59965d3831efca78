"""One /metrics for all processes of a machine."""

import re

import httpx
import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

COUNTERS = {
    "api": r'^django_http_requests_total_by_method_total\{method="POST"\}',
    "worker": r'^mce_calls_total\{[^}]*operation="Perform"[^}]*\}',
    "beat": r'^celery_beat_sent_total\{outcome="ok",task="leases.tick"\}',
}


def test_the_api_tells_what_it_the_worker_and_beat_have_counted(system: System, alice: Client) -> None:
    alice.run("SELECT TOP 1 Email FROM Customers")
    told = httpx.get(f"{system.facts['api']}/metrics").text
    found = {who: re.search(rf"{name} (\S+)$", told, re.MULTILINE) for who, name in COUNTERS.items()}
    assert [who for who, line in found.items() if line is None or float(line[1]) <= 0] == []
