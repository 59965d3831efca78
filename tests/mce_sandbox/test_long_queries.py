"""Queries that work for long: nobody else waits for them, and nothing that ends the world does."""

import time

import pytest

from tests.mce_sandbox.client import Mce

# Every order with every other one, three times over: no machine ends it within these tests.
LONG = (
    "SELECT COUNT_BIG(*) AS c FROM Orders a CROSS JOIN Orders b CROSS JOIN Orders c "
    "WHERE a.OrderID % 7 + b.OrderID % 11 + c.OrderID % 13 = 5"
)


def begin(mce: Mce) -> str:
    _, key = mce.seed("c Decimal(29,0)")
    task_id = mce.start(LONG, key)[1]
    while mce.status(task_id)["Status"] != "Processing":
        time.sleep(0.01)
    return task_id


def test_what_takes_moments_does_not_wait_for_them(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"query_limit_seconds": 6})
    tasks = [begin(mce) for _ in range(3)]
    _, key = mce.seed("Id Number", [[1]])
    assert mce.rest("POST", "/automation/v1/queries/actions/validate/", json={"Text": "SELECT 1 AS x"}).is_success
    assert mce.create_query("SELECT 2 AS Id", key).value("OverallStatus") == "OK"
    assert mce.create("DataExtensionObject", row_of(key)).value("OverallStatus") == "OK"
    assert mce.rowset(key).json()["count"] == 2
    assert [mce.status(task)["Status"] for task in tasks] == ["Processing"] * 3
    timeout = "Query timeout expired. The query ran longer than allowed."
    assert [mce.finish(task)["ErrorMsg"] for task in tasks] == [timeout] * 3


@pytest.mark.parametrize("end", ["reset", "restore"])
def test_what_ends_the_world_breaks_them_off(mce: Mce, end: str) -> None:
    """With the limit that Marketing Cloud has, this would take half an hour."""
    mce.http.post("/control/snapshots", json={"name": "before"})
    begin(mce)
    path = "/control/reset" if end == "reset" else "/control/snapshots/before/restore"
    assert mce.http.post(path, timeout=60).status_code == 200


def row_of(key: str) -> str:
    return (
        f"<CustomerKey>{key}</CustomerKey><Properties><Property><Name>Id</Name><Value>2</Value></Property></Properties>"
    )
