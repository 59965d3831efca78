"""From the moment a client submits a run until its first call reaches Marketing Cloud."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from tests.bench.place import client
from tests.faults.load import User
from tests.faults.system import System

APART = 0.25
PATIENCE = 120.0


def first_calls(system: System, users: Sequence[User]) -> list[float]:
    """Milliseconds, one run for each user, one after the other. The sandbox knows them by their requests' ids."""
    began = {}
    for user in users:
        request_id = uuid4().hex
        with client(system, user) as http:
            http.get("/api/me").raise_for_status()  # the connection stands
            began[request_id] = time.time()
            body = {"sqlText": "SELECT TOP 1 StoreID FROM Stores"}
            http.post("/api/runs", json=body, headers={"X-Request-ID": request_id}).raise_for_status()
        time.sleep(APART)
    return [(arrived - began[request_id]) * 1000 for request_id, arrived in arrivals(system, set(began)).items()]


def arrivals(system: System, wanted: set[str]) -> dict[str, float]:
    """When the first call of each request came, as seconds since 1970."""
    until = time.monotonic() + PATIENCE
    while True:
        found: dict[str, float] = {}
        for call in system.sandbox.calls():
            if call["request_id"] in wanted:
                found.setdefault(call["request_id"], arrival(call))
        if wanted == set(found):
            return found
        if time.monotonic() > until:
            raise TimeoutError(f"{len(wanted) - len(found)} runs have asked nothing yet.")
        time.sleep(1)


def arrival(call: dict[str, Any]) -> float:
    """The log has the time of the answer."""
    return datetime.fromisoformat(call["time"]).timestamp() - float(call["milliseconds"]) / 1000
