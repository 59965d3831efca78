"""Into a data extension of one's own: overwritten, appended to, and never by two at once."""

from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

NORTHWIND = 7001001
STEPS = ["queued", "validating", "preparing", "starting", "executing", "confirming", "ready"]
SQL = "SELECT TOP 60 CustomerID, Email FROM Customers ORDER BY CustomerID"


def make_audience(system: System, fields: str, *rows: list[Any]) -> str:
    """Its customer key."""
    key = f"aud-{uuid4().hex[:12]}"
    made = {"mid": NORTHWIND, "name": f"Audience {key}", "key": key, "fields": fields, "rows": rows}
    system.sandbox.ask("POST", "seed", made)
    return key


def into(key: str, update_type: str) -> dict[str, Any]:
    return {"targetDataExtension": {"customerKey": key, "updateType": update_type}}


def test_an_audience_is_overwritten_then_appended_to_then_read_page_by_page(system: System, alice: Client) -> None:
    key = make_audience(system, "CustomerID Number, Email EmailAddress", [0, "old@northwind.example"])
    checked = alice.http.post("/api/queries/validate", json={"sqlText": SQL, **into(key, "Overwrite")}).json()
    overwritten = alice.submit(SQL, **into(key, "Overwrite"))
    steps = [frame.step for frame in alice.follow(overwritten)]
    appended = alice.submit(SQL, **into(key, "Append"))
    alice.follow(appended)
    second = alice.get(f"{appended}/results?page=2")
    assert (checked["valid"], steps) == (True, STEPS)
    assert (alice.get(appended)["rowCount"], second["totalRows"], second["totalPages"]) == (120, 120, 3)
    assert [row[0] for row in second["rows"]] == [number for number in range(26, 51) for _ in range(2)]


def test_a_target_that_does_not_fit_is_refused_with_every_reason(system: System, alice: Client) -> None:
    key = make_audience(system, "CustomerID Date, Name Text(50) required")
    run = alice.submit(SQL, **into(key, "Update"))
    assert alice.follow(run)[-1].data["errorCode"] == "target_does_not_fit"
    assert [violation["code"] for violation in alice.get(run)["violations"]] == [
        "target_without_key",
        "target_type",
        "target_field_missing",
        "target_field_required",
    ]


def test_a_target_is_written_by_one_run_at_a_time_and_a_cancel_says_that_it_may_go_on(
    system: System, alice: Client, bob: Client, mallory: Client
) -> None:
    key = make_audience(system, "CustomerID Number, Email EmailAddress")
    system.sandbox.hold()
    run = alice.submit(SQL, **into(key, "Append"))
    with alice.stream(run) as frames:
        assert next(frame.step for frame in frames if frame.step == "executing") == "executing"
    busy = bob.http.post("/api/runs", json={"sqlText": SQL, **into(key, "Overwrite")})
    theirs = mallory.submit(SQL, **into(key, "Append"))
    assert (busy.status_code, busy.json()["code"]) == (409, "target_busy")
    assert mallory.follow(theirs)[-1].data["errorCode"] == "target_does_not_fit"
    assert alice.cancel(run).json()["mayStillWrite"] is True
