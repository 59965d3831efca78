"""Rows written over REST: at once, all or none; or by order, each for itself."""

import time
from typing import Any

import httpx
import pytest

from tests.mce_sandbox.client import Mce, equals

FIELDS = "Id Number key, Name Text(10) required, Amount Decimal(18,2), Seen Date, Active Boolean, Mail EmailAddress"
ANA = {"Id": 1, "Name": "Ana", "Amount": "7.5", "Seen": "2026-02-03T04:05:06", "Active": True, "Mail": "a@b.example"}
ANA_TOLD = {
    "id": "1", "name": "Ana", "amount": "7.50", "seen": "2/3/2026 4:05:06 AM", "active": "True", "mail": "a@b.example",
}  # fmt: skip


def write(mce: Mce, which: str, *rows: dict[str, Any]) -> httpx.Response:
    """Writes at once; the first column of each row is its key."""
    body = [
        {"keys": dict(list(row.items())[:1]), "values": dict(list(row.items())[1:])} for row in rows
    ]  # fmt: skip
    return mce.rest("POST", f"/hub/v1/dataevents/{which}/rowset", json=body)


def order(mce: Mce, key: str, *items: dict[str, Any], method: str = "POST") -> str:
    answer = mce.rest(method, f"/data/v1/async/dataextensions/key:{key}/rows", json={"items": items})
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told["resultMessages"] == []
    request_id: str = told["requestId"]
    return request_id


def status(mce: Mce, request_id: str) -> dict[str, Any]:
    """The status, once the order has been carried out."""
    deadline = time.monotonic() + 20
    while True:
        answer = mce.rest("GET", f"/data/v1/async/{request_id}/status").json()
        assert answer["requestId"] == request_id
        told: dict[str, Any] = answer["status"]
        if told["requestStatus"] != "Pending":
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.01)


def results(mce: Mce, request_id: str, **parameters: int) -> dict[str, Any]:
    named = {f"${name}": value for name, value in parameters.items()}
    told: dict[str, Any] = mce.rest("GET", f"/data/v1/async/{request_id}/results", params=named).json()
    return told


def test_rows_are_added_or_changed_by_their_keys(mce: Mce) -> None:
    _, key = mce.seed(FIELDS)
    answer = write(mce, f"key:{key}", ANA, {"Id": "2", "Name": "Zoë 店"})
    assert answer.status_code == 200
    assert answer.json()[1] == {"keys": {"Id": "2"}, "values": {"Name": "Zoë 店"}}
    added = {"id": "2", "name": "Zoë 店", "amount": "", "seen": "", "active": "", "mail": ""}
    assert mce.rows(key, "Id") == [ANA_TOLD, added]
    assert write(mce, f"key:{key}", {"ID": 2, "NAME": "Zoe", "AMOUNT": "1.005"}).status_code == 200
    assert mce.rows(key, "Id") == [ANA_TOLD, added | {"name": "Zoe", "amount": "1.01"}]


def test_one_row_is_written_by_the_keys_in_its_address(mce: Mce) -> None:
    _, key = mce.seed("Id Number key, Country Text(2) key, Name Text(10)")
    path = f"/hub/v1/dataevents/key:{key}/rows"
    for name in ("Old", "New"):
        answer = mce.rest("PUT", f"{path}/Id:1,Country:DE", json={"values": {"Name": name}})
        assert answer.json() == {"keys": {"Id": "1", "Country": "DE"}, "values": {"Name": name}}
    assert mce.rows(key) == [{"id": "1", "country": "DE", "name": "New"}]
    refused = mce.rest("PUT", f"{path}/Id:1,Nope:2", json={"values": {}})
    assert (refused.status_code, refused.json()["message"]) == (400, "Primary key 'Nope' does not exist.")
    assert mce.rest("PUT", f"{path}/Id:1,Country:DE", json={"values": [1]}).status_code == 400


@pytest.mark.parametrize("prefix", ["", "id:"])
def test_a_data_extension_is_found_by_its_id_too(mce: Mce, prefix: str) -> None:
    _, key = mce.seed("Id Number key")
    object_id = mce.retrieve("DataExtension", "ObjectID", equals("CustomerKey", key)).value("Results/ObjectID")
    assert write(mce, f"{prefix}{object_id}", {"Id": 5}).status_code == 200
    assert mce.rows(key) == [{"id": "5"}]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"Id": "one", "Name": "x"}, "Id"),
        ({"Id": 2**31, "Name": "x"}, "Id"),
        ({"Id": 1, "Name": "longer than ten"}, "Name"),
        ({"Id": 1, "Name": None}, "Name"),
        ({"Id": 1}, "Name"),
        ({"Id": 1, "Name": "x", "Amount": "1e30"}, "Amount"),
        ({"Id": 1, "Name": "x", "Seen": "yesterday"}, "Seen"),
        ({"Id": 1, "Name": "x", "Active": "perhaps"}, "Active"),
        ({"Id": 1, "Name": "x", "Mail": "no address"}, "Mail"),
        ({"Id": 1, "Name": "x", "Nope": "1"}, "Nope"),
    ],
)
def test_one_bad_row_refuses_all_and_names_the_column(mce: Mce, row: dict[str, Any], column: str) -> None:
    _, key = mce.seed(FIELDS)
    object_id = mce.retrieve("DataExtension", "ObjectID", equals("CustomerKey", key)).value("Results/ObjectID")
    answer = write(mce, f"key:{key}", {"Id": 9, "Name": "good"}, row)
    told = answer.json()
    assert (answer.status_code, told["errorcode"], told["message"]) == (
        400, 10006, f"Unable to save rows for data extension ID {object_id}",
    )  # fmt: skip
    assert [error["message"].partition(":")[0] for error in told["additionalErrors"]] == [column]
    assert mce.rowset(key).json()["count"] == 0


def test_keys_are_primary_keys_and_nothing_else(mce: Mce) -> None:
    _, key = mce.seed(FIELDS)
    answer = write(mce, f"key:{key}", {"Name": "x", "Id": 1})
    assert (answer.status_code, answer.json()["message"]) == (400, "Primary key 'Name' does not exist.")
    missing = mce.rest("POST", f"/hub/v1/dataevents/key:{key}/rowset", json=[{"keys": {}, "values": {"Name": "x"}}])
    assert missing.json()["additionalErrors"][0]["message"].startswith("Id: ")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'[{"keys": []}]', b'[{"keys": {"Id": {}}}]', b'[{"keys": {"Id": "\\ud800"}}]']
)
def test_a_body_that_is_no_list_of_rows_is_refused(mce: Mce, body: bytes) -> None:
    _, key = mce.seed("Id Number key")
    answer = mce.rest("POST", f"/hub/v1/dataevents/key:{key}/rowset", content=body)
    assert (answer.status_code, answer.json()["message"][:9]) == (400, "The body ")


@pytest.mark.parametrize("path", ["/hub/v1/dataevents/{}/rowset", "/data/v1/async/dataextensions/{}/rows"])
def test_rows_of_another_business_unit_are_out_of_reach(mce: Mce, globex: Mce, path: str) -> None:
    _, key = mce.seed("Id Number key")
    for which in (f"key:{key}", "key:never-made", "00000000-0000-4000-8000-000000000000"):
        answer = globex.rest("POST", path.format(which), json=[])
        assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_writing_needs_its_scope(mce: Mce) -> None:
    _, key = mce.seed("Id Number key")
    mce.token = mce.get_token("northwind-app", 7001001, scope="data_extensions_read")
    for path in (f"/hub/v1/dataevents/key:{key}/rowset", f"/data/v1/async/dataextensions/key:{key}/rows"):
        assert mce.rest("POST", path, json=[]).status_code == 403


def test_an_order_inserts_what_it_can_and_tells_the_rest(mce: Mce) -> None:
    _, key = mce.seed(FIELDS)
    request_id = order(mce, key, ANA, {"Id": 2}, ANA, {"Id": 3, "Name": "Bo"})
    told = status(mce, request_id)
    assert [told.pop(name) is None for name in ("callDateTime", "pickupDateTime", "completionDateTime")] == [False] * 3
    assert told == {
        "hasErrors": True, "requestStatus": "Complete", "resultStatus": "Error", "requestId": request_id,
    }  # fmt: skip
    body = results(mce, request_id)
    assert [item["status"] for item in body["items"]] == ["OK", "Error", "Error", "OK"]
    assert {item["errorCode"] for item in body["items"][1:3]} == {"UnexpectedError"}
    assert "Violation of PRIMARY KEY constraint" in body["items"][2]["message"]
    assert (body["count"], body["page"], body["pageSize"], body["requestId"]) == (4, 1, 50, request_id)
    assert [row["id"] for row in mce.rows(key, "Id")] == ["1", "3"]


def test_an_order_to_upsert_changes_rows_that_there_are(mce: Mce) -> None:
    _, key = mce.seed(FIELDS, [[1, "Old", 5, None, None, None]])
    told = status(mce, order(mce, key, {"Id": 1, "Name": "New"}, {"Id": 2, "Name": "Bo"}, method="PUT"))
    assert (told["hasErrors"], told["requestStatus"], told["resultStatus"]) == (False, "Complete", "OK")
    assert [(row["name"], row["amount"]) for row in mce.rows(key, "Id")] == [("New", "5.00"), ("Bo", "")]


def test_without_a_primary_key_there_is_no_upsert(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    request_id = order(mce, key, {"Id": 1}, method="PUT")
    assert status(mce, request_id)["hasErrors"] is True
    assert [item["message"] for item in results(mce, request_id)["items"]] == [
        "This Data Extension does not have any primary keys defined."
    ]
    assert status(mce, order(mce, key, {"Id": 1}, {"Id": 1}))["hasErrors"] is False
    assert mce.rows(key) == [{"id": "1"}, {"id": "1"}]


def test_an_order_is_pending_before_it_is_carried_out(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rows_ms": 3_600_000})
    _, key = mce.seed("Id Number")
    request_id = order(mce, key, {"Id": 1})
    told = mce.rest("GET", f"/data/v1/async/{request_id}/status").json()["status"]
    assert told == {
        "callDateTime": told["callDateTime"], "completionDateTime": None, "hasErrors": False, "pickupDateTime": None,
        "requestStatus": "Pending", "resultStatus": None, "requestId": request_id,
    }  # fmt: skip
    assert results(mce, request_id)["resultMessages"][0]["resultCode"] == "AsyncRequestResultsNotFound"
    assert mce.rowset(key).json()["count"] == 0


def test_an_order_of_somebody_else_is_not_found(mce: Mce, globex: Mce) -> None:
    _, key = mce.seed("Id Number")
    request_id = order(mce, key, {"Id": 1})
    answer = globex.rest("GET", f"/data/v1/async/{request_id}/status")
    assert answer.status_code == 200
    assert answer.json()["resultMessages"][0]["resultCode"] == "AsyncRequestStatusNotFound"
    assert "status" not in answer.json()


def test_results_come_in_pages(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    request_id = order(mce, key, *({"Id": number if number % 2 else "x"} for number in range(70)))
    status(mce, request_id)
    sizes = [len(results(mce, request_id, page=page)["items"]) for page in (1, 2, 3)]
    assert sizes == [50, 20, 0]
    last = results(mce, request_id, page=7, pageSize=10)["items"]
    assert [item["status"] for item in last] == ["Error", "OK"] * 5


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [1]}, {"items": [{"keys": {"Id": 1}}]}, {"items": {}}])
def test_an_order_without_plain_rows_is_refused(mce: Mce, body: dict[str, Any]) -> None:
    _, key = mce.seed("Id Number")
    answer = mce.rest("POST", f"/data/v1/async/dataextensions/key:{key}/rows", json=body)
    assert (answer.status_code, answer.json()["errorcode"]) == (400, 10001)


def test_an_order_can_be_made_to_fail(mce: Mce) -> None:
    fault = {"operation": "RunRows", "kind": "error", "message": "No space."}
    mce.http.post("/control/faults", json=fault)
    _, key = mce.seed("Id Number")
    request_id = order(mce, key, {"Id": 1})
    assert status(mce, request_id)["requestStatus"] == "Error"
    assert [item["message"] for item in results(mce, request_id)["items"]] == ["No space."]
    assert mce.rowset(key).json()["count"] == 0


def test_an_order_finds_its_data_extension_when_it_is_carried_out(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rows_ms": 2000})
    _, key = mce.seed("Id Number")
    request_id = order(mce, key, {"Id": 1})
    assert mce.delete("DataExtension", f"<CustomerKey>{key}</CustomerKey>").value("OverallStatus") == "OK"
    assert status(mce, request_id)["requestStatus"] == "Error"
    assert [item["message"] for item in results(mce, request_id)["items"]] == ["The data extension does not exist."]


def test_what_was_written_is_what_queries_read(mce: Mce) -> None:
    name, key = mce.seed(FIELDS)
    write(mce, f"key:{key}", ANA)
    _, target = mce.seed("Total Decimal(18,2), Latest Date")
    mce.run(f"SELECT SUM(Amount) AS Total, MAX(Seen) AS Latest FROM [{name}] WHERE Mail = 'A@B.EXAMPLE'", target)
    assert mce.rows(target) == [{"total": "7.50", "latest": "2/3/2026 4:05:06 AM"}]
