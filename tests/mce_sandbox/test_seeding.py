"""POST /control/seed: data extensions with rows out of JSON or CSV, types given or guessed, clear errors."""

from typing import Any

import httpx
import pytest

from tests.mce_sandbox.client import Mce, unique


def seed(http: httpx.Client, **body: Any) -> httpx.Response:
    return http.post("/control/seed", json={"mid": 7001001, "name": unique("Seeded")} | body)


def test_types_are_guessed_from_csv(mce: Mce) -> None:
    text = (
        "\ufeffId,Name,Mail,Born,Vip,Amount,Zip,Empty,Large\n"
        '1,"Zoë, the first",zoe@shop.example,1990-05-01,true,1.5,01234,,1\n'
        "2,,bob@shop.example,12/31/1985,False,20.25,90210,,3000000000\n"
    )
    asked = {"mid": "7001001", "name": unique("From CSV")}
    made = mce.http.post("/control/seed", params=asked, content=text, headers={"content-type": "text/csv"})
    assert made.status_code == 201
    assert [(each["name"], each["type"], each["length"]) for each in made.json()["fields"]] == [
        ("Id", "Number", None),
        ("Name", "Text", 50),
        ("Mail", "EmailAddress", 254),
        ("Born", "Date", None),
        ("Vip", "Boolean", None),
        ("Amount", "Decimal", 29),
        ("Zip", "Text", 50),
        ("Empty", "Text", 50),
        ("Large", "Decimal", 29),
    ]
    first, second = mce.rows(made.json()["customer_key"], "Id")
    assert list(first.values()) == [
        "1", "Zoë, the first", "zoe@shop.example", "5/1/1990 12:00:00 AM", "True", "1.50", "01234", "", "1",
    ]  # fmt: skip
    assert list(second.values()) == [
        "2", "", "bob@shop.example", "12/31/1985 12:00:00 AM", "False", "20.25", "90210", "", "3000000000",
    ]  # fmt: skip


def test_rows_may_be_objects_with_types_guessed_or_given(mce: Mce) -> None:
    rows = [{"Id": 1, "Name": "Ana"}, {"Name": "Bob", "Id": 2, "Flag": True}]
    guessed = seed(mce.http, rows=rows).json()
    assert [each["type"] for each in guessed["fields"]] == ["Number", "Text", "Boolean"]
    assert mce.rows(guessed["customer_key"], "Id") == [
        {"id": "1", "name": "Ana", "flag": ""},
        {"id": "2", "name": "Bob", "flag": "True"},
    ]
    given = seed(mce.http, rows=rows, fields="Flag Boolean, Id Decimal(9,2) key, Name Text(10)").json()
    assert mce.rows(given["customer_key"], "Id") == [
        {"id": "1.00", "flag": "", "name": "Ana"},
        {"id": "2.00", "flag": "True", "name": "Bob"},
    ]


def test_a_name_in_brackets_may_have_spaces(mce: Mce) -> None:
    made = seed(mce.http, fields="Id Number key, [First Name] Text(50), [E-Mail] EmailAddress", rows=[[1, "Ana", None]])
    assert [(each["name"], each["type"], each["length"]) for each in made.json()["fields"]] == [
        ("Id", "Number", None),
        ("First Name", "Text", 50),
        ("E-Mail", "EmailAddress", 254),
    ]


def test_ten_thousand_rows_in_one_go(mce: Mce) -> None:
    made = seed(mce.http, fields="Id Number key, Name Text(10)", rows=[[i, f"n{i}"] for i in range(10_000)]).json()
    assert mce.rowset(made["customer_key"]).json()["count"] == 10_000


WRONG = [
    ({"mid": 5}, "mid must be one of 7001000, 7001001, 7001002, 8002000, 8002001."),
    ({"fields": "Id Number", "colour": 1}, "colour: not known here."),
    (
        {"fields": "Id Integer"},
        "Integer is not a type: Text, Number, Date, Boolean, EmailAddress, Phone, Decimal, Locale.",
    ),
    ({"fields": "Id"}, "'Id' is not a column: its name, its type, and key or required."),
    ({"rows": [[1]]}, "Without fields, rows must be objects."),
    ({"rows": [{"a": 1}, [1]]}, "rows must be lists all, or objects all."),
    ({"rows": [], "csv": 5}, "Either rows, a list, or csv, a text."),
    ({"csv": ""}, "The CSV needs a first line with the names of its columns."),
    ({"csv": "a,b\n1\n"}, "Row 1 has 1 values for 2 columns."),
    ({"csv": "a,b\n1,2\n", "fields": "a Number"}, "There is no field for the column b."),
    ({"fields": "Id Number", "rows": [[1], ["x"]]}, "Row 2, Id: 'x' is not a Number that fits."),
    ({"fields": "Id Number", "rows": [[3_000_000_000]]}, "Row 1, Id: '3000000000' is not a Number that fits."),
    ({"fields": "Day Date", "rows": [["2026-02-30"]]}, "Row 1, Day: '2026-02-30' is not a Date that fits."),
    ({"fields": "Flag Boolean", "rows": [["maybe"]]}, "Row 1, Flag: 'maybe' is not a Boolean that fits."),
    ({"fields": "Price Decimal(4,2)", "rows": [["123.45"]]}, "Row 1, Price: '123.45' is not a Decimal that fits."),
    ({"fields": "Name Text(3)", "rows": [["abcd"]]}, "Row 1, Name: 'abcd' is not a Text that fits."),
    ({"fields": "Name Text(3) required", "rows": [[None]]}, "Row 1, Name: a value is required."),
    ({"fields": "Name Text(3) key", "rows": [["a"], ["A "]]}, "Row 2 has the primary key of a row before it."),
    ({"fields": "Id Number, id Text(3)"}, "The field name 'id' is used more than once."),
    ({"fields": "Id Number", "name": ""}, "name is needed."),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message"), WRONG, ids=[str(each[0])[:40] for each in WRONG])
def test_what_is_wrong_is_said(http: httpx.Client, body: dict[str, Any], message: str) -> None:
    answer = seed(http, **body)
    assert (answer.status_code, answer.json()) == (400, {"error": message})


def test_csv_that_is_not_utf_8_is_refused(http: httpx.Client) -> None:
    answer = http.post("/control/seed", content=b"a\n\xff", headers={"content-type": "text/csv"})
    assert (answer.status_code, answer.json()) == (400, {"error": "The CSV is not UTF-8."})
