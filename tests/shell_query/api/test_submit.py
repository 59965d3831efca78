"""POST /api/runs."""

import pytest

from tenants.services import ensure_business_unit
from tests.cast import Cast, make_person
from tests.shell_query.api.conftest import Api

SQL = "SELECT StoreID FROM Stores"


def test_a_select_is_accepted_with_the_addresses_of_all_that_follows(alice: Api) -> None:
    answer = alice.post("/api/runs", {"sqlText": SQL, "snippetName": "shops"})
    run = f"/api/runs/{answer.body['runId']}"
    assert (answer.status, answer.headers["Location"]) == (202, run)
    assert answer.body == {
        "runId": answer.body["runId"],
        "status": "queued",
        "links": {"self": run, "events": f"{run}/events", "results": f"{run}/results", "cancel": f"{run}/cancel"},
    }


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        ("DELETE FROM Stores", 1, 1),
        ("SELECT StoreID FROM Stores; SELECT 1 AS One", 1, 27),
        ("WITH s AS (SELECT 1 AS One) SELECT One FROM s", 1, 1),
        ("SELECT StoreID\nINTO Other FROM Stores", 2, 1),
        ("SELECT StoreID FROM Stores LIMIT 5", 1, 28),
    ],
)
def test_anything_but_one_select_is_refused_with_the_place(alice: Api, sql: str, line: int, column: int) -> None:
    answer = alice.post("/api/runs", {"sqlText": sql})
    assert (answer.status, answer.code) == (400, "invalid_sql")
    assert answer.body["violations"][0]["field"] == "sqlText"
    assert answer.body["violations"][0]["message"].endswith(f"(line {line}, column {column})")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sqlText"),
        ({"sqlText": ""}, "sqlText"),
        ({"sqlText": "x" * 100_001}, "sqlText"),
        ({"sqlText": 5.5, "snippetName": "x" * 101}, "snippetName"),
        ({"sqlText": SQL, "sqltext": SQL}, "sqltext"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_the_field(alice: Api, body: dict[str, object], field: str) -> None:
    answer = alice.post("/api/runs", body)
    assert (answer.status, answer.code) == (400, "invalid_fields")
    assert [violation["field"] for violation in answer.body["violations"]] == [field]


def test_the_sql_is_in_no_answer(alice: Api) -> None:
    run = alice.post("/api/runs", {"sqlText": "SELECT 'a secret' AS S FROM Stores"})
    found = alice.get(run.body["links"]["self"])
    assert "a secret" not in str(run.body) + str(found.body)


def test_without_a_key_nothing_is_accepted(alice: Api) -> None:
    answer = alice.post("/api/runs", {"sqlText": SQL}, Authorization="Api-Key nonsense")
    assert (answer.status, answer.code) == (401, "invalid_credentials")


def test_the_eleventh_active_run_is_refused_until_one_ends(alice: Api) -> None:
    runs = [alice.post("/api/runs", {"sqlText": SQL}).body for _ in range(10)]
    refused = alice.post("/api/runs", {"sqlText": SQL})
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too_many_runs", "30")
    alice.post(runs[0]["links"]["cancel"])
    assert alice.post("/api/runs", {"sqlText": SQL}).status == 202


def test_one_users_runs_do_not_count_against_a_colleague(alice: Api, bob: Api) -> None:
    for _ in range(10):
        alice.post("/api/runs", {"sqlText": SQL})
    assert bob.post("/api/runs", {"sqlText": SQL}).status == 202


def test_the_same_key_and_body_is_answered_from_the_first_time(alice: Api) -> None:
    first = alice.post("/api/runs", {"sqlText": SQL}, **{"Idempotency-Key": "k1"})
    again = alice.post("/api/runs", {"sqlText": SQL}, **{"Idempotency-Key": "k1"})
    assert (again.status, again.body) == (202, first.body)
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")


def test_the_same_key_with_another_body_is_refused(alice: Api) -> None:
    alice.post("/api/runs", {"sqlText": SQL}, **{"Idempotency-Key": "k1"})
    other = alice.post("/api/runs", {"sqlText": SQL + " "}, **{"Idempotency-Key": "k1"})
    assert (other.status, other.code) == (422, "idempotency_mismatch")


def test_a_key_of_one_user_means_nothing_to_another(alice: Api, bob: Api, mallory: Api) -> None:
    runs = {
        api.post("/api/runs", {"sqlText": SQL}, **{"Idempotency-Key": "k1"}).body["runId"]
        for api in (alice, bob, mallory)
    }
    assert len(runs) == 3


def test_a_key_in_another_business_unit_is_another_request(alice: Api, cast: Cast) -> None:
    """The first one's run is in the other unit: to answer with it would say that this one is queued."""
    caller = cast.alice.caller
    unit_id = ensure_business_unit(tenant_id=caller.tenant_id, mid=7001002, name="Northwind Americas")
    there = make_person("alice", tenant_id=caller.tenant_id, unit_id=unit_id, mid=7001002, role="owner")
    first = alice.post("/api/runs", {"sqlText": SQL}, **{"Idempotency-Key": "k1"})
    elsewhere = Api(there).post("/api/runs", {"sqlText": SQL}, **{"Idempotency-Key": "k1"})
    assert (first.status, elsewhere.error) == (202, (422, "idempotency_mismatch"))
