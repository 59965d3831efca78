"""Whatever is sent over REST, OAuth and the forms: an answer with a reason, never a broken sandbox."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mce_sandbox.client import Mce

FIELDS = "Id Number key, Name Text(10) required, Amount Decimal(18,2), Seen Date, Active Boolean, Mail EmailAddress"
COLUMNS = ("Id", "Name", "Amount", "Seen", "Active", "Mail", "Nope")
WORDS = (
    "Id", "Name", "Seen", " eq ", " like ", " and ", " or ", "(", ")", "'a'", "1", "null", "'2026-01-01'", "9" * 30,
    "''", "[Id]", " desc", ",", "%", "\0",
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(("1", "true", "a@b.example", "0001-01-01", "12/31/9999 11:59:59 PM", "1e999", "-0", "٣"))
)
NAMES = st.sampled_from(
    (*COLUMNS, "keys", "values", "items", "Text", "name", "key", "queryText", "targetKey", "categoryId", "code",
     "targetUpdateTypeId", "grant_type", "client_id", "scope", "account_id")
)  # fmt: skip
# Python's JSON knows an infinity, and no other does.
JSON = st.recursive(
    SCALARS | st.just(float("inf")),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=5),
    max_leaves=10,
)
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), SCALARS, max_size=7), min_size=1, max_size=3)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=7).map("".join) | st.text(max_size=20)

hostile = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def key(mce: Mce) -> str:
    mce.http.patch("/control/dials", json={"rows_ms": 0})
    return mce.seed(FIELDS)[1]


def check_answered(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert {"message", "error"} & set(answer.json())


@hostile
@given(body=JSON)
def test_any_json_is_answered(mce: Mce, key: str, body: Any) -> None:
    content = json.dumps(body).encode()
    for method, path in (
        ("POST", f"/hub/v1/dataevents/key:{key}/rowset"),
        ("PUT", f"/hub/v1/dataevents/key:{key}/rows/Id:1"),
        ("POST", f"/data/v1/async/dataextensions/key:{key}/rows"),
        ("POST", "/automation/v1/queries"),
        ("POST", "/automation/v1/queries/actions/validate"),
        ("POST", "/v2/token"),
    ):
        check_answered(mce.rest(method, path, content=content))
    headers = {"content-type": "application/json"}
    check_answered(mce.http.post("/v2/token", content=content, headers=headers))


@hostile
@given(rows=ROWS)
def test_any_row_is_taken_or_refused_with_a_reason(mce: Mce, key: str, rows: list[dict[str, Any]]) -> None:
    body = [{"keys": {"Id": row.get("Id", 1)}, "values": row} for row in rows]
    check_answered(mce.rest("POST", f"/hub/v1/dataevents/key:{key}/rowset", json=body))
    path = f"/data/v1/async/dataextensions/key:{key}/rows"
    request_id = mce.rest("PUT", path, json={"items": rows}).json()["requestId"]
    path = f"/data/v1/async/{request_id}/status"
    while (told := mce.rest("GET", path).json()["status"])["completionDateTime"] is None:
        pass
    assert told["requestStatus"] == "Complete"
    assert mce.rest("GET", f"/data/v1/async/{request_id}/results").json()["count"] == len(rows)


@hostile
@given(filter_=TEXTS, order_by=TEXTS, page=TEXTS)
def test_any_rowset_is_answered(mce: Mce, key: str, filter_: str, order_by: str, page: str) -> None:
    check_answered(mce.rowset(key, filter=filter_, orderBy=order_by))
    check_answered(mce.rowset(key, page=page, pageSize=page))


@hostile
@given(
    asked=st.dictionaries(
        st.sampled_from(("response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "user")),
        st.sampled_from(("code", "northwind-app", "http://localhost/", "http://[::]zz/", "u-bob", "\r\nx: y"))
        | st.text(max_size=20),
    )
)
def test_any_sign_in_is_answered(mce: Mce, asked: dict[str, str]) -> None:
    check_answered(mce.http.get("/v2/authorize", params=asked))
    check_answered(mce.http.post("/v2/authorize", params=asked, data=asked))
