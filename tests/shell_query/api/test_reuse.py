"""POST /api/runs with reuseMaxAgeSeconds."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from django.db.models.functions import Now
from redis import Redis

from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.models import Run
from shell_query.naming import data_extension_key
from shell_query.states import Status
from tenants.callers import Caller
from tenants.context import tenant_scope
from tests.asking import Answer
from tests.cast import Cast
from tests.plans import MANY, index_used
from tests.sandbox import Sandbox
from tests.shell_query.api.conftest import Api
from tests.shell_query.driver import drive, look_up

pytestmark = pytest.mark.usefixtures("redis")

SQL = "SELECT StoreID FROM Stores"


def post(api: Api, sql: str = SQL, **fields: Any) -> Answer:
    headers = fields.pop("headers", {})
    return api.post("/api/runs", {"sqlText": sql, **fields}, **headers)


def ready(api: Api, sql: str = SQL) -> str:
    """The id of a run of the query that is ready and cleaned up."""
    run_id: str = post(api, sql).body["runId"]
    assert drive(api.person.caller, UUID(run_id)).status == "ready"
    return run_id


def test_a_ready_run_of_the_same_query_is_answered_with_at_once(alice: Api) -> None:
    first = ready(alice)
    answer = post(alice, "select  StoreID from Stores -- the shops", reuseMaxAgeSeconds=600)
    run = f"/api/runs/{first}"
    started = look_up(alice.person.caller, UUID(first)).started_at
    assert started is not None
    assert (answer.status, answer.headers["Location"]) == (200, run)
    assert answer.body == {
        "runId": first,
        "status": "ready",
        "links": {"self": run, "events": f"{run}/events", "results": f"{run}/results", "cancel": f"{run}/cancel"},
        "reusedFrom": {"runId": first, "startedAt": started.isoformat().replace("+00:00", "Z")},
    }
    assert alice.get(f"{run}/results").status == 200


def test_without_asking_for_it_nothing_is_reused(alice: Api) -> None:
    first = ready(alice)
    answer = post(alice)
    assert (answer.status, answer.body["runId"] == first, "reusedFrom" in answer.body) == (202, False, False)


@pytest.mark.parametrize("sql", ["SELECT City FROM Stores", "SELECT StoreID FROM Stores WHERE StoreID > 1"])
def test_another_query_is_run(alice: Api, sql: str) -> None:
    ready(alice)
    assert post(alice, sql, reuseMaxAgeSeconds=600).status == 202


def test_rows_that_are_too_old_are_not_reused(alice: Api) -> None:
    first = ready(alice)
    with tenant_scope(alice.person.caller.tenant_id):
        Run.objects.filter(id=first).update(started_at=F("started_at") - timedelta(minutes=10))
    assert post(alice, reuseMaxAgeSeconds=599).status == 202
    assert post(alice, reuseMaxAgeSeconds=900).status == 200


def test_the_latest_one_is_reused(alice: Api) -> None:
    ready(alice)
    latest = ready(alice)
    assert post(alice, reuseMaxAgeSeconds=600).body["reusedFrom"]["runId"] == latest


def test_a_colleague_and_another_tenant_run_their_own(alice: Api, bob: Api, mallory: Api) -> None:
    first = ready(alice)
    for other in (bob, mallory):
        answer = post(other, reuseMaxAgeSeconds=600)
        assert (answer.status, answer.body["runId"] == first) == (202, False)


def delete_rows_of(caller: Caller, run_id: str) -> None:
    """As somebody in Marketing Cloud would."""
    account = open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
    found = data_extensions.find_by_key(account, data_extension_key(UUID(run_id)))
    assert found is not None
    data_extensions.delete(account, object_id=found.object_id)


def test_rows_that_no_longer_stand_are_not_reused(alice: Api) -> None:
    delete_rows_of(alice.person.caller, ready(alice))
    assert post(alice, reuseMaxAgeSeconds=600).status == 202


def test_if_marketing_cloud_cannot_say_the_query_is_run(alice: Api, mce: Sandbox) -> None:
    ready(alice)
    mce.fault("Retrieve", "http", status=503)
    assert post(alice, reuseMaxAgeSeconds=600).status == 202


def test_without_a_run_to_reuse_marketing_cloud_is_not_asked(alice: Api, mce: Sandbox) -> None:
    assert post(alice, reuseMaxAgeSeconds=600).status == 202
    assert mce.calls() == []


def test_a_reused_run_is_not_an_active_one(alice: Api) -> None:
    ready(alice)
    for number in range(10):
        assert post(alice, f"SELECT {number} AS N FROM Stores").status == 202
    assert post(alice, reuseMaxAgeSeconds=600).status == 200


def test_an_idempotency_key_gives_the_reused_run_again_also_when_its_rows_are_gone(alice: Api) -> None:
    first = ready(alice)
    asked: dict[str, Any] = {"reuseMaxAgeSeconds": 600, "headers": {"Idempotency-Key": "k"}}
    once = post(alice, **dict(asked))
    delete_rows_of(alice.person.caller, first)
    again = post(alice, **dict(asked))
    assert (once.status, once.body) == (again.status, again.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = post(alice, reuseMaxAgeSeconds=601, headers={"Idempotency-Key": "k"})
    assert (other.status, other.code) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("seconds", [0, 86_401, "soon"])
def test_an_age_out_of_bounds_is_refused(alice: Api, seconds: Any) -> None:
    answer = post(alice, reuseMaxAgeSeconds=seconds)
    assert (answer.status, answer.body["violations"][0]["field"]) == (400, "reuseMaxAgeSeconds")


def test_a_run_into_a_target_is_never_reused(alice: Api) -> None:
    answer = post(
        alice, reuseMaxAgeSeconds=600, targetDataExtension={"customerKey": "audience", "updateType": "Append"}
    )
    assert (answer.status, answer.body["violations"][0]["field"]) == (400, "reuseMaxAgeSeconds")


def test_it_is_found_by_index(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    with tenant_scope(alice.tenant_id):
        Run.objects.bulk_create(
            Run(
                id=uuid4(),
                tenant_id=alice.tenant_id,
                user_id=alice.user_id,
                business_unit_id=alice.business_unit_id,
                status=Status.READY,
                columns=[],
                row_count=0,
                sql_text_hash=f"hash {number}",
                started_at=Now(),
                finished_at=Now(),
            )
            for number in range(MANY)
        )
    found = Run.objects.for_caller(alice).reusable(text_hash="hash 7", max_age=timedelta(hours=1))[:1]
    assert index_used(alice, found, "run_same_query")
