"""The control API: dials, faults, call log, reset."""

import json

import httpx
import pytest
from lxml import etree

from tests.mce_sandbox.client import SECRETS, Mce, unique


def order(http: httpx.Client, **fault: object) -> None:
    assert http.post("/control/faults", json=fault).status_code == 200


def calls(http: httpx.Client, **asked: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = http.get("/control/calls", params=asked).json()["calls"]
    return found


def test_dials_are_set_by_name_and_junk_is_refused(http: httpx.Client) -> None:
    assert http.patch("/control/dials", json={"query_ms": 5, "hold": True}).json()["query_ms"] == 5
    for junk in ({"querry_ms": 5}, {"query_ms": "5"}, {"query_ms": -1}, {"hold": 1}, {"rejection_shape": "x"}):
        assert http.patch("/control/dials", json=junk).status_code == 400
    for number in ("NaN", "1e400"):
        assert http.patch("/control/dials", content=f'{{"rowset_delay_seconds": {number}}}').status_code == 400
    assert http.get("/control/dials").status_code == 200


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        ("rate_limited", "soap:Server", "Rate Limited"),
        ("token_expired", "q0:Security", "Token Expired"),
        ("login_failed", "q0:Security", "Login Failed"),
    ],
)
def test_a_soap_fault_hits_as_often_as_ordered(mce: Mce, kind: str, code: str, text: str) -> None:
    order(mce.http, operation="Retrieve", object_type="DataFolder", kind=kind, count=2)
    assert mce.retrieve("DataExtension", "Name").status == 200
    for _ in range(2):
        answer = mce.retrieve("DataFolder", "ID")
        assert (answer.status, answer.value("faultcode"), answer.value("faultstring")) == (500, code, text)
    assert mce.retrieve("DataFolder", "ID").status == 200


def test_rest_is_throttled_with_retry_after(mce: Mce) -> None:
    order(mce.http, operation="Rowset", kind="rate_limited")
    answer = mce.rowset("x")
    assert (answer.status_code, answer.json()["errorcode"], answer.headers["retry-after"]) == (429, 50100, "1")


def test_the_dialled_rate_throttles_one_business_unit(mce: Mce, globex: Mce) -> None:
    mce.http.patch("/control/dials", json={"calls_per_second": 1})
    answers = [mce.retrieve("DataFolder", "ID").status for _ in range(5)]
    assert answers[0] == 200
    assert 500 in answers
    assert globex.retrieve("DataFolder", "ID").status == 200


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_is_reset_before_or_after_the_effect(mce: Mce, moment: str) -> None:
    order(mce.http, operation="Create", kind="reset", moment=moment)
    name = unique("Reset")
    inside = f"<Name>{name}</Name><Fields><Field><Name>Id</Name><FieldType>Number</FieldType></Field></Fields>"
    with pytest.raises(httpx.ReadError):
        mce.create("DataExtension", inside)
    again = mce.create("DataExtension", inside).value("OverallStatus")
    assert again == ("OK" if moment == "before" else "Error")


def test_a_hanging_call_outlasts_its_client(mce: Mce) -> None:
    order(mce.http, operation="Rowset", kind="hang", seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        mce.rest("GET", "/data/v1/customobjectdata/key/x/rowset", timeout=0.2)


def test_an_html_page_and_a_bare_status(mce: Mce) -> None:
    order(mce.http, operation="IsRunning", kind="html", status=502)
    order(mce.http, operation="IsRunning", kind="http", status=503, message="busy")
    page = mce.rest("GET", "/automation/v1/queries/x/actions/isrunning/")
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=utf-8")
    bare = mce.rest("GET", "/automation/v1/queries/x/actions/isrunning/")
    assert (bare.status_code, bare.text) == (503, "busy")


def test_a_block_says_not_when_it_ends(mce: Mce) -> None:
    order(mce.http, operation="Rowset", kind="blocked")
    answer = mce.rowset("x")
    assert (answer.status_code, answer.json()["errorcode"], "retry-after" in answer.headers) == (429, 50200, False)


def test_a_permission_is_missing(mce: Mce) -> None:
    order(mce.http, operation="Rowset", kind="forbidden")
    answer = mce.rowset("x")
    assert (answer.status_code, answer.json()["message"]) == (403, "Insufficient privileges to complete this action.")


def test_half_an_answer_has_the_type_of_a_whole_one(mce: Mce) -> None:
    order(mce.http, operation="*", kind="malformed", count=2)
    soap, rest = mce.post(mce.envelope("<x/>", mce.token)), mce.rowset("x")
    assert (soap.status_code, soap.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert (rest.status_code, rest.headers["content-type"]) == (200, "application/json")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(soap.content)
    with pytest.raises(json.JSONDecodeError):
        rest.json()


def test_an_answer_is_cut_off(mce: Mce) -> None:
    order(mce.http, operation="Rowset", kind="cut")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        mce.rowset("x")


def test_a_huge_answer(mce: Mce) -> None:
    order(mce.http, operation="Rowset", kind="huge")
    with mce.http.stream("GET", "/data/v1/customobjectdata/key/x/rowset") as answer:
        assert sum(map(len, answer.iter_bytes())) == 50 * 1024 * 1024


def test_every_start_is_told(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    query_id, task_id = mce.start("SELECT 1 AS Id", key)
    mce.finish(task_id)
    told = mce.http.get("/control/activities").json()["activities"][-1]
    assert (told["query_id"], told["task_id"], told["status"], told["rows"]) == (query_id, task_id, "Complete", 1)


def test_token_requests_fail_too(http: httpx.Client) -> None:
    order(http, operation="Token", kind="http", status=500)
    assert http.post("/v2/token", json={}).status_code == 500


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"kind": "y"},
        {"count": 0},
        {"count": 1.5},
        {"count": True},
        {"operation": 5},
        {"object_type": None},
        {"seconds": "x"},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"message": 5},
        {"status": "503"},
        {"status": 99},
        {"status": 600},
    ],
)
def test_a_fault_that_does_not_exist_is_refused(http: httpx.Client, junk: dict[str, object]) -> None:
    order = {"operation": "x", "kind": "http", **junk} if junk else {"operation": "x"}
    assert http.post("/control/faults", content=json.dumps(order)).status_code == 400
    assert http.get("/control/faults").json() == {"faults": []}


def test_the_log_tells_calls_but_no_secrets(mce: Mce) -> None:
    mce.http.delete("/control/calls")
    Mce(mce.http)
    _, key = mce.seed("Id Number")
    mce.run("SELECT 424242 AS Id", key)
    mce.rowset(key)
    logged = calls(mce.http)
    assert [call["operation"] for call in logged][:3] == ["Token", "Create", "Perform"]
    created = calls(mce.http, operation="create", object_type="QueryDefinition")[0]
    assert (created["mid"], created["client_id"], created["outcome"]) == (7001001, "northwind-app", "OK")
    assert calls(mce.http, operation="Rowset")[0]["key"] == key
    assert calls(mce.http, since=str(logged[-1]["number"])) == []
    text = json.dumps(logged)
    assert mce.token not in text
    assert SECRETS["northwind-app"] not in text
    assert "424242" not in text


def test_accounts_say_who_there_is(http: httpx.Client) -> None:
    enterprises = http.get("/control/accounts").json()["enterprises"]
    assert [(each["id"], each["subdomain"]) for each in enterprises] == [
        (7001000, "mc-northwind"),
        (8002000, "mc-globex"),
    ]
    assert [unit["mid"] for unit in enterprises[0]["business_units"]] == [7001000, 7001001, 7001002]
    assert [user["id"] for user in enterprises[0]["users"]] == ["u-alice", "u-bob"]


def test_reset_goes_back_to_the_beginning(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    before = mce.rows("store-directory-7001001", "StoreID")
    mce.http.patch("/control/dials", json={"latency_ms": 1})
    assert mce.http.post("/control/reset").json() == {"seed": 2026}
    assert mce.http.get("/control/dials").json()["latency_ms"] == 0
    assert mce.rowset(key).status_code == 401
    again = Mce(mce.http)
    assert again.rowset(key).status_code == 404
    assert again.rows("store-directory-7001001", "StoreID") == before
    assert mce.http.post("/control/reset", json={"seed": 7}).json() == {"seed": 7}
    assert Mce(mce.http).rows("store-directory-7001001", "StoreID") != before
    mce.http.post("/control/reset", json={"seed": 2026})
