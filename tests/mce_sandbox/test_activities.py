"""Started queries: Perform, AsyncActivityStatus, isrunning, and MCE's lies about them."""

import pytest

from tests.mce_sandbox.client import Mce, both, equals


def is_running(mce: Mce, object_id: str) -> bool:
    answer = mce.rest("GET", f"/automation/v1/queries/{object_id}/actions/isrunning/").json()
    assert answer.pop("queryDefinitionId") == object_id
    running: bool = answer.pop("isRunning")
    assert answer == {}
    return running


def test_perform_answers_a_task_and_the_status_follows(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.http.post("/control/hold")
    object_id, task_id = mce.start("SELECT 1 AS Id", key)
    assert task_id.isdecimal()
    assert is_running(mce, object_id)
    assert mce.rowset(key).json()["count"] == 0
    assert mce.status(task_id)["CompletedDate"] is None
    mce.http.post("/control/release")
    assert mce.finish(task_id)["Status"] == "Complete"
    assert not is_running(mce, object_id)
    assert mce.rows(key) == [{"id": "1"}]


def test_perform_needs_the_object_id(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.create_query("SELECT 1 AS Id", key, key="by-key")
    answer = mce.perform("<CustomerKey>by-key</CustomerKey>")
    assert answer.shape == ["Results", "OverallStatus", "OverallStatusMessage", "RequestID"]
    assert (answer.value("Results/Result/StatusCode"), answer.value("Results/Result/ErrorCode")) == ("Error", "2")


def test_a_status_is_an_object_extension_of_its_own_account(mce: Mce, globex: Mce) -> None:
    _, key = mce.seed("Id Number")
    _, task_id = mce.start("SELECT 1 AS Id", key)
    mce.finish(task_id)
    found = mce.retrieve("AsyncActivityStatus", "Status TaskID", equals("TaskID", task_id))
    assert '<Results xsi:type="ObjectExtension">' in found.text
    assert found.texts("Results/Type") == ["AsyncActivityStatus"]
    assert found.texts("Results/Properties/Property/Name") == ["Status", "TaskID"]
    assert globex.retrieve("AsyncActivityStatus", "Status", equals("TaskID", task_id)).all("Results") == []


def test_lie_always_queued_but_completed_before_the_start(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"status_stuck": True})
    _, key = mce.seed("Id Number")
    object_id, task_id = mce.start("SELECT 1 AS Id", key)
    while is_running(mce, object_id):
        pass
    status = mce.status(task_id)
    assert status["Status"] == "Queued"
    assert status["CompletedDate"]
    assert mce.rows(key) == [{"id": "1"}]


def test_lie_not_running_right_after_the_start(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"isrunning_false_seconds": 3600, "hold": True})
    _, key = mce.seed("Id Number")
    object_id, _ = mce.start("SELECT 1 AS Id", key)
    assert not is_running(mce, object_id)
    mce.http.patch("/control/dials", json={"isrunning_false_seconds": 0})
    assert is_running(mce, object_id)


def test_lie_rows_are_late(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rowset_delay_seconds": 3600})
    _, key = mce.seed("Id Number")
    assert mce.run("SELECT 1 AS Id", key)["Status"] == "Complete"
    assert mce.rowset(key).status_code == 404


@pytest.mark.parametrize(("kind", "status"), [("error", "Error"), ("fatal_error", "FatalError")])
@pytest.mark.parametrize(("message", "told"), [("Out of luck", "Out of luck"), ("", None)])
def test_an_ordered_error_ends_the_activity(mce: Mce, kind: str, status: str, message: str, told: str | None) -> None:
    mce.http.post("/control/faults", json={"operation": "Run", "kind": kind, "message": message})
    _, key = mce.seed("Id Number")
    found = mce.run("SELECT 1 AS Id", key)
    assert (found["Status"], found["ErrorMsg"]) == (status, told)
    assert mce.run("SELECT 1 AS Id", key)["Status"] == "Complete"


def test_a_query_that_runs_fails_in_its_own_ways_alone(mce: Mce) -> None:
    answer = mce.http.post("/control/faults", json={"operation": "Run", "kind": "html"})
    assert (answer.status_code, "error, fatal_error" in answer.text) == (400, True)


def test_a_deleted_query_that_runs_ends_all_the_same(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.http.post("/control/hold")
    object_id, task_id = mce.start("SELECT 1 AS Id", key)
    mce.delete("QueryDefinition", f"<ObjectID>{object_id}</ObjectID>")
    active = both(equals("ObjectID", object_id, "LeftOperand"), equals("Status", "Active", "RightOperand"))
    assert mce.retrieve("QueryDefinition", "Name", active).all("Results") == []
    mce.http.post("/control/release")
    assert mce.finish(task_id)["Status"] == "Complete"


def test_trouble_with_any_call_is_not_the_end_of_a_query(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.http.post("/control/hold")
    _, task_id = mce.start("SELECT 1 AS Id", key)
    fault = {"operation": "*", "object_type": "QueryDefinition", "kind": "error"}
    mce.http.post("/control/faults", json=fault)
    mce.http.post("/control/release")
    assert mce.finish(task_id)["Status"] == "Complete"


def test_a_query_takes_as_long_as_what_it_reads(mce: Mce) -> None:
    """50,000 orders at 1,000 rows a second: the one that reads nothing, started later, is over long before."""
    mce.http.patch("/control/dials", json={"query_rows_per_second": 1000})
    _, key = mce.seed("Id Number")
    _, large = mce.start("SELECT TOP 1 OrderID AS Id FROM Orders", key)
    _, small = mce.start("SELECT 1 AS Id", key)
    assert mce.finish(small)["Status"] == "Complete"
    assert mce.status(large)["Status"] == "Processing"


ENDLESS = "SELECT SUM(a.OrderID % b.OrderID * 1.0) AS Id FROM Orders a, Orders b, Orders c"


def test_a_query_that_never_ends_is_ended(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"query_limit_seconds": 0.5})
    _, key = mce.seed("Id Text(50)")
    status = mce.run(ENDLESS, key)
    assert (status["Status"], status["ErrorMsg"]) == (
        "FatalError",
        "Query timeout expired. The query ran longer than allowed.",
    )


def test_after_it_the_same_thread_works_on(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"query_limit_seconds": 0.5})
    _, key = mce.seed("Id Text(50)")
    assert [mce.run(ENDLESS, key)["Status"] for _ in range(2)] == ["FatalError", "FatalError"]
    mce.http.patch("/control/dials", json={"query_limit_seconds": 1800})
    assert [mce.run("SELECT 1 AS Id", key)["Status"] for _ in range(4)] == ["Complete"] * 4
