"""Runs into an existing data extension, as a client sees them."""

from typing import Any
from uuid import UUID

import pytest

from tests.asking import Answer
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.api.conftest import Api
from tests.shell_query.audience import Audience, make_audience
from tests.shell_query.driver import drive
from tests.threads import at_once

SQL = "SELECT StoreID, City FROM Stores WHERE StoreID <= 3"


@pytest.fixture
def audience(connected: Cast, mce: Sandbox) -> Audience:
    return make_audience(mce, connected.alice.caller, rows=[[900, "Elsewhere"]])


def body(audience: Audience, update_type: str = "Overwrite", sql: str = SQL) -> dict[str, Any]:
    return {"sqlText": sql, "targetDataExtension": {"customerKey": audience.key, "updateType": update_type}}


def submit(api: Api, audience: Audience, update_type: str = "Overwrite", sql: str = SQL) -> Answer:
    return api.post("/api/runs", body(audience, update_type, sql))


def finished(api: Api, audience: Audience, update_type: str = "Overwrite", sql: str = SQL) -> Any:
    run = submit(api, audience, update_type, sql).body
    drive(api.person.caller, UUID(run["runId"]))
    return api.get(run["links"]["self"]).body


def test_a_run_into_a_target_says_so_and_gives_the_targets_rows(alice: Api, audience: Audience) -> None:
    run = finished(alice, audience, "Update")
    results = alice.get(run["links"]["results"]).body
    assert run["targetDataExtension"] == {"customerKey": audience.key, "updateType": "Update"}
    assert (run["status"], run["rowCount"], run["violations"], run["warnings"]) == ("ready", 4, [], [])
    assert [row[0] for row in results["rows"]] == [1, 2, 3, 900]


def test_a_run_without_a_target_has_none(alice: Api) -> None:
    run = alice.post("/api/runs", {"sqlText": SQL, "targetDataExtension": None}).body
    assert alice.get(run["links"]["self"]).body["targetDataExtension"] is None


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ({}, "targetDataExtension.customerKey"),
        ({"customerKey": "", "updateType": "Append"}, "targetDataExtension.customerKey"),
        ({"customerKey": "x" * 201, "updateType": "Append"}, "targetDataExtension.customerKey"),
        ({"customerKey": "k", "updateType": "append"}, "targetDataExtension.updateType"),
        ({"customerKey": "k", "updateType": "Append", "name": "n"}, "targetDataExtension.name"),
        ("k", "targetDataExtension.non_field_errors"),
    ],
)
@pytest.mark.parametrize("path", ["/api/runs", "/api/queries/validate"])
def test_a_target_that_cannot_be_read_is_refused_with_the_field(
    alice: Api, path: str, target: object, field: str
) -> None:
    answer = alice.post(path, {"sqlText": SQL, "targetDataExtension": target})
    assert (answer.status, answer.code) == (400, "invalid_fields")
    assert field in [violation["field"] for violation in answer.body["violations"]]


def test_what_does_not_fit_is_told_to_who_asked_and_to_nobody_else(
    alice: Api, bob: Api, connected: Cast, mce: Sandbox
) -> None:
    audience = make_audience(mce, connected.alice.caller, "StoreID Number, Source Text(50) required")
    mine = finished(bob, audience)
    overseen = alice.get(mine["links"]["self"]).body
    assert (mine["status"], mine["errorCode"]) == ("failed", "target_does_not_fit")
    assert [violation["message"] for violation in mine["violations"]] == [
        f"{audience.name} has no field City: leave the column out, or name it with AS.",
        "Source is required: select a column of this name.",
    ]
    assert (overseen["errorCode"], overseen["violations"]) == ("target_does_not_fit", [])


def test_validation_tells_the_same_and_makes_nothing(alice: Api, connected: Cast, mce: Sandbox) -> None:
    audience = make_audience(mce, connected.alice.caller, "StoreID Date, City Text(50), Source Text(50) required")
    sql = f"SELECT s.StoreID, s.City, s.Country FROM Stores s JOIN [{audience.name}] a ON a.Source = s.City"
    valid = alice.post("/api/queries/validate", body(audience, "Append", sql)).body
    assert mce.calls("Create") == []
    run = finished(alice, audience, "Append", sql)
    assert valid["valid"] is False
    assert [unplaced(finding) for finding in valid["errors"]] == run["violations"]
    assert [unplaced(finding) for finding in valid["warnings"]] == run["warnings"]
    assert len(run["violations"]) == 4


def unplaced(finding: dict[str, Any]) -> dict[str, Any]:
    return {name: finding[name] for name in ("code", "field", "message")}


def test_validation_of_what_fits_finds_nothing(alice: Api, audience: Audience) -> None:
    valid = alice.post("/api/queries/validate", body(audience)).body
    assert (valid["valid"], valid["errors"], valid["warnings"]) == (True, [], [])


def test_a_target_of_another_tenant_is_not_there(
    mallory: Api, audience: Audience, connected: Cast, mce: Sandbox
) -> None:
    run = finished(mallory, audience)
    nowhere = finished(mallory, Audience("no-such-key", "Nothing"))
    valid = mallory.post("/api/queries/validate", body(audience)).body
    assert run["violations"] == nowhere["violations"]
    assert [violation["code"] for violation in run["violations"]] == ["target_not_found"]
    assert [error["code"] for error in valid["errors"]] == ["target_not_found"]
    assert [row["storeid"] for row in audience.rows(connected.alice.caller)] == ["900"]


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("Overwrite", "Overwrite", 409),
        ("Overwrite", "Append", 409),
        ("Append", "Overwrite", 409),
        ("Append", "Update", 409),
        ("Update", "Update", 409),
        ("Append", "Append", 202),
    ],
)
def test_a_target_has_one_writer_or_any_number_that_append(
    alice: Api, bob: Api, audience: Audience, first: str, second: str, status: int
) -> None:
    submit(alice, audience, first)
    other = Audience(audience.key.upper(), audience.name)
    assert (submit(bob, audience, second).status, submit(bob, other, second).status) == (status, status)


def test_a_busy_target_says_when_to_come_back_and_is_free_once_the_run_has_ended(
    alice: Api, bob: Api, audience: Audience
) -> None:
    run = submit(alice, audience).body
    busy = submit(bob, audience)
    assert (busy.code, busy.body["retryable"], busy.headers["Retry-After"]) == ("target_busy", True, "30")
    alice.post(run["links"]["cancel"])
    assert submit(bob, audience).status == 202


def test_another_tenants_run_into_a_target_of_the_same_key_does_not_make_it_busy(
    alice: Api, mallory: Api, audience: Audience
) -> None:
    assert (submit(alice, audience).status, submit(mallory, audience).status) == (202, 202)


def test_of_twenty_requests_at_once_exactly_one_is_accepted(alice: Api, bob: Api, audience: Audience) -> None:
    for api in (alice, bob):
        assert api.get("/api/me").status == 200  # their keys are made
    outcomes = at_once(20, lambda number: submit((alice, bob)[number % 2], audience))
    codes = sorted(str(outcome.status) for outcome in outcomes if isinstance(outcome, Answer))
    assert codes == ["202"] + ["409"] * 19


def test_a_refused_target_is_not_the_answer_to_its_idempotency_key(alice: Api, bob: Api, audience: Audience) -> None:
    run = submit(alice, audience).body
    key = {"Idempotency-Key": "k1"}
    assert bob.post("/api/runs", body(audience), **key).code == "target_busy"
    alice.post(run["links"]["cancel"])
    assert bob.post("/api/runs", body(audience), **key).status == 202


@pytest.mark.parametrize("other", [{"updateType": "Append"}, {"customerKey": "other"}])
def test_the_same_key_with_another_target_is_refused(alice: Api, audience: Audience, other: dict[str, str]) -> None:
    asked = body(audience)
    alice.post("/api/runs", asked, **{"Idempotency-Key": "k1"})
    changed = asked | {"targetDataExtension": asked["targetDataExtension"] | other}
    assert alice.post("/api/runs", changed, **{"Idempotency-Key": "k1"}).code == "idempotency_mismatch"


def test_a_cancel_says_whether_the_query_may_still_write(alice: Api, audience: Audience, mce: Sandbox) -> None:
    mce.hold()
    queued, running = submit(alice, audience, "Append").body, submit(alice, audience, "Append").body
    into_our_own = alice.post("/api/runs", {"sqlText": SQL}).body
    told = [alice.post(queued["links"]["cancel"])]  # before it is due: to drive one run is to take what is due
    for run in (running, into_our_own):
        drive(alice.person.caller, UUID(run["runId"]), until="executing")
    told += [alice.post(run["links"]["cancel"]) for run in (running, running, into_our_own)]
    assert [answer.body["mayStillWrite"] for answer in told] == [False, True, True, False]


def test_results_of_a_target_that_was_deleted_are_gone(
    alice: Api, audience: Audience, connected: Cast, mce: Sandbox
) -> None:
    run = finished(alice, audience)
    audience.delete(connected.alice.caller)
    answer = alice.get(run["links"]["results"])
    assert (answer.status, answer.code) == (410, "results_gone")
