"""Rowsets over REST."""

import pytest

from tests.mce_sandbox.client import Mce

FIELDS = (
    "Id Number key, Name Text(50), Amount Decimal(18,2), Seen Date, Active Boolean, Mail EmailAddress, Tel Phone, "
    "Lang Locale"
)


def test_a_rowset_is_strings_with_lower_case_names(mce: Mce) -> None:
    _, key = mce.seed(
        FIELDS,
        [[1, "Zoë 店", "12.50", "2005-06-13 00:00:00", True, "a@b.example", "+1", "de-DE"], [2] + [None] * 7],
    )
    body = mce.rowset(key, orderBy="Id").json()
    assert body["items"] == [
        {
            "keys": {"id": "1"},
            "values": {
                "name": "Zoë 店", "amount": "12.50", "seen": "6/13/2005 12:00:00 AM", "active": "True",
                "mail": "a@b.example", "tel": "+1", "lang": "de-DE",
            },
        },
        {
            "keys": {"id": "2"},
            "values": {"name": "", "amount": "", "seen": "", "active": "", "mail": "", "tel": "", "lang": ""},
        },
    ]  # fmt: skip
    assert (body["count"], body["page"], body["pageSize"], body["customObjectKey"]) == (2, 1, 50, key)


def test_an_empty_data_extension_has_no_items(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    body = mce.rowset(key).json()
    assert body["count"] == 0
    assert "items" not in body


def test_pages_by_order_and_by_the_next_link(mce: Mce) -> None:
    _, key = mce.seed("Id Number, G Text(5)", [[number, "ab"[number % 2]] for number in range(25)])
    pages = [mce.rowset(key, page=page, pageSize=10, orderBy="G desc, id").json() for page in (1, 2, 3)]
    ids = [int(item["values"]["id"]) for page in pages for item in page["items"]]
    assert ids == [*range(1, 25, 2), *range(0, 25, 2)]
    link = pages[1]["links"]["next"]
    # The link lacks the /data prefix.
    assert link.startswith("/v1/customobjectdata/token/")
    assert mce.rest("GET", f"/data{link}").json()["items"] == pages[2]["items"]
    assert "next" not in pages[2]["links"]


def test_a_request_token_expires(mce: Mce) -> None:
    _, key = mce.seed("Id Number", [[1], [2]])
    mce.http.patch("/control/dials", json={"rowset_token_seconds": 0})
    body = mce.rowset(key, pageSize=1).json()
    assert body["links"]["next"] == f"/v1/customobjectdata/token/{body['requestToken']}/rowset?$page=2"
    assert mce.rest("GET", f"/data{body['links']['next']}").status_code == 404


def test_a_request_token_is_of_one_business_unit(mce: Mce, globex: Mce) -> None:
    _, key = mce.seed("Id Number", [[1], [2]])
    link = mce.rowset(key, pageSize=1).json()["links"]["next"]
    assert globex.rest("GET", f"/data{link}").status_code == 404


def test_the_pages_of_one_request_keep_their_order(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rowset_shuffled": True})
    _, key = mce.seed("Id Number", [[number] for number in range(100)])
    body = mce.rowset(key, pagesize=30).json()
    ids = [item["values"]["id"] for item in body["items"]]
    while "next" in body["links"]:
        body = mce.rest("GET", f"/data{body['links']['next']}").json()
        ids += [item["values"]["id"] for item in body["items"]]
    assert sorted(ids, key=int) == [str(number) for number in range(100)]


def test_a_rowset_may_be_unreadable_right_after_the_query(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rowset_delay_seconds": 3600})
    _, key = mce.seed("Id Number")
    assert mce.rowset(key).status_code == 200
    mce.run("SELECT 1 AS Id", key)
    assert mce.rowset(key).status_code == 404


def test_rows_do_not_keep_the_order_of_the_select(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.run("SELECT TOP 200 OrderID AS Id FROM Orders ORDER BY OrderID", key)
    ids = [int(row["id"]) for row in mce.rows(key)]
    assert ids != sorted(ids)
    assert sorted(ids) == list(range(1, 201))
    assert [int(row["id"]) for row in mce.rows(key)] == ids
    mce.http.patch("/control/dials", json={"rowset_shuffled": True})
    assert [int(row["id"]) for row in mce.rows(key)] != ids


@pytest.mark.parametrize(
    "parameters",
    [
        {"page": 0},
        {"pageSize": 2501},
        {"orderBy": "nothing"},
        {"filter": "Id eq"},
        {"filter": "nothing eq 1"},
        {"filter": "Id eq 1 and"},
        {"filter": "(Id eq 1"},
        {"filter": "Id eq 1)"},
        {"filter": "Id eq 1 Id eq 2"},
        {"filter": "(" * 100 + "Id eq 1" + ")" * 100},
        {"filter": "Id eq 1" + " or Id eq 1" * 1000},
        {"orderBy": "Id desc,"},
        {"page": "x"},
        {"page": "9" * 30},
        {"pageSize": "1_0"},
    ],
)
def test_a_wrong_page_is_a_400(mce: Mce, parameters: dict[str, str | int]) -> None:
    _, key = mce.seed("Id Number")
    answer = mce.rowset(key, **parameters)
    assert (answer.status_code, answer.json()["errorcode"]) == (400, 400)


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        ("Name eq 'zoë'", ["1"]),
        ("Id gt 1 and Amount le 5.5", ["3"]),
        ("Name like 'o%' or Id eq 1", ["1", "3"]),
        ("Name eq 'O''Neil'", ["3"]),
        ("Seen ge '2026-01-01'", ["2"]),
        ("Seen eq '2/2/2026 12:00:00 AM'", ["2"]),
        ("Seen eq null", ["1"]),
        ("Seen ne null and Id lt 3", ["2"]),
        ("Id gt 0 and (Id lt 2 or Id gt 2)", ["1", "3"]),
        ("((Id eq 1) or (Id eq 2))", ["1", "2"]),
        ("Id like '1%'", ["1"]),
        ("Name eq 'nobody'", []),
        ("Id eq 'no number'", []),
        ("Name eq '\0'", []),
    ],
)
def test_a_filter_narrows_rows_and_count(mce: Mce, filter_: str, ids: list[str]) -> None:
    _, key = mce.seed(
        "Id Number, Name Text(50), Amount Decimal(18,2), Seen Date",
        [[1, "Zoë", 5, None], [2, "Ana", 7, "2026-02-02"], [3, "O'Neil", "5.50", "2025-02-02"]],
    )
    body = mce.rowset(key, filter=filter_, orderBy="Id").json()
    assert body["count"] == len(ids)
    assert [item["values"]["id"] for item in body.get("items", [])] == ids


def test_the_name_is_not_the_key(mce: Mce) -> None:
    assert mce.rowset("Customers").json()["message"] == "Not Found"
    assert mce.rowset("cust-master-7001001").json()["count"] == 10_000
