"""How rows get into the target: by name, by update type, with types and lengths checked."""

import pytest

from tests.mce_sandbox.client import Mce, unique


def test_columns_go_by_name_not_by_place(mce: Mce) -> None:
    _, key = mce.seed("City Text(50), Id Number key")
    mce.run("SELECT 5 AS ID, 'Köln' AS city, 'dropped' AS Other", key)
    assert mce.rows(key) == [{"id": "5", "city": "Köln"}]


def test_overwrite_empties_append_adds(mce: Mce) -> None:
    _, key = mce.seed("Id Number, Name Text(50)", [[1, "old"]])
    mce.run("SELECT 2 AS Id", key, "Append")
    assert mce.rows(key, "Id") == [{"id": "1", "name": "old"}, {"id": "2", "name": ""}]
    mce.run("SELECT 3 AS Id", key, "Overwrite")
    assert mce.rows(key, "Id") == [{"id": "3", "name": ""}]


def test_update_changes_the_columns_given_and_adds_new_keys(mce: Mce) -> None:
    _, key = mce.seed("Id Number key, Name Text(50), City Text(50)", [[1, "one", "Rome"], [2, "two", "Oslo"]])
    mce.run("SELECT 2 AS Id, 'zwei' AS Name UNION SELECT 3, 'drei'", key, "Update")
    assert mce.rows(key, "Id") == [
        {"id": "1", "name": "one", "city": "Rome"},
        {"id": "2", "name": "zwei", "city": "Oslo"},
        {"id": "3", "name": "drei", "city": ""},
    ]


def test_a_failed_query_leaves_the_target_as_it_was(mce: Mce) -> None:
    name, key = mce.seed("Id Number key, Name Text(3)", [[1, "old"]])
    failures = {
        "SELECT 2 AS Id, 'abcd' AS Name": "String or binary data would be truncated.",
        "SELECT NULLIF(1, 1) AS Id, 'a' AS Name": (
            f"Cannot insert the value NULL into column 'Id', table 'C7001001.{name}'; column does not allow "
            "nulls. INSERT fails."
        ),
        "SELECT 2 AS Id, 'a' AS Name UNION ALL SELECT 2, 'b'": (
            f"Violation of PRIMARY KEY constraint. Cannot insert duplicate key in object 'C7001001.{name}'."
        ),
        "SELECT 3000000000 AS Id, 'a' AS Name": "Arithmetic overflow error converting expression to data type int.",
    }
    assert {sql: mce.run(sql, key)["ErrorMsg"] for sql in failures} == failures
    assert mce.rows(key) == [{"id": "1", "name": "old"}]


def test_append_of_a_key_that_is_there_fails(mce: Mce) -> None:
    _, key = mce.seed("Id Number key", [[1]])
    assert mce.run("SELECT 1 AS Id", key, "Append")["Status"] == "FatalError"
    assert mce.rows(key) == [{"id": "1"}]


def test_a_column_that_went_away_is_found_when_the_query_runs(mce: Mce) -> None:
    source, source_key = mce.seed("Id Number")
    _, key = mce.seed("Id Number")
    mce.http.post("/control/hold")
    _, task_id = mce.start(f"SELECT Id FROM [{source}]", key)
    mce.delete("DataExtension", f"<CustomerKey>{source_key}</CustomerKey>")
    mce.http.post("/control/release")
    assert mce.finish(task_id)["ErrorMsg"] == f"{source} is not a known data extension or system data view"


def test_writers_of_one_target_follow_each_other(mce: Mce) -> None:
    _, key = mce.seed("Id Number key")
    mce.http.post("/control/hold")
    tasks = [mce.start(f"SELECT {number} AS Id", key, "Append")[1] for number in range(20)]
    mce.http.post("/control/release")
    assert [mce.finish(task)["ErrorMsg"] for task in tasks] == [None] * 20
    assert mce.rowset(key).json()["count"] == 20


PARTIAL = [
    ("Overwrite", [{"id": "1", "name": "ab"}, {"id": "2", "name": "ab"}]),
    ("Append", [{"id": "0", "name": "old"}, {"id": "1", "name": "ab"}, {"id": "2", "name": "ab"}]),
    ("Update", [{"id": "0", "name": "old"}, {"id": "1", "name": "ab"}, {"id": "2", "name": "ab"}]),
]
TOO_LONG_FROM_THREE = (
    "SELECT TOP 10 StoreID AS Id, REPLICATE('ab', CASE WHEN StoreID > 2 THEN 5 ELSE 1 END) AS Name "
    "FROM Stores ORDER BY StoreID"
)


@pytest.mark.parametrize(("update_type", "left"), PARTIAL, ids=[each[0] for each in PARTIAL])
def test_rows_are_written_already_when_it_fails(mce: Mce, update_type: str, left: list[dict[str, str]]) -> None:
    mce.http.patch("/control/dials", json={"rows_before_failure": 2})
    _, key = mce.seed("Id Number key, Name Text(3)", [[0, "old"]])
    status = mce.run(TOO_LONG_FROM_THREE, key, update_type)
    assert (status["Status"], status["ErrorMsg"]) == ("FatalError", "String or binary data would be truncated.")
    assert mce.rows(key, "Id") == left


def test_no_more_rows_are_written_than_come_before_the_failure(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rows_before_failure": 7})
    _, key = mce.seed("Id Number key, Name Text(3)")
    assert mce.run(TOO_LONG_FROM_THREE, key)["Status"] == "FatalError"
    assert mce.rowset(key).json()["count"] == 1


def test_an_ordered_failure_leaves_rows_too(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rows_before_failure": 3})
    mce.http.post("/control/faults", json={"operation": "Run", "kind": "error", "message": "Out of luck"})
    _, key = mce.seed("Id Number key")
    status = mce.run("SELECT StoreID AS Id FROM Stores", key)
    assert (status["Status"], status["ErrorMsg"]) == ("Error", "Out of luck")
    assert mce.rowset(key).json()["count"] == 3


def test_a_query_that_is_told_to_fail_afterwards_has_written(mce: Mce) -> None:
    mce.http.post("/control/faults", json={"operation": "Run", "kind": "error", "moment": "after", "message": "Late"})
    _, key = mce.seed("Id Number key")
    assert mce.run("SELECT 1 AS Id", key)["ErrorMsg"] == "Late"
    assert mce.rows(key) == [{"id": "1"}]


def test_a_key_is_the_same_with_blanks_at_its_end(mce: Mce) -> None:
    name, key = mce.seed("Code Text(5) key, n Number", [["a", 1]])
    mce.run("SELECT 'A  ' AS Code, 2 AS n", key, "Update")
    assert mce.rows(key) == [{"code": "a", "n": "2"}]
    assert mce.run("SELECT 'A ' AS Code, 3 AS n", key, "Append")["ErrorMsg"] == (
        f"Violation of PRIMARY KEY constraint. Cannot insert duplicate key in object 'C7001001.{name}'."
    )
    assert mce.run("SELECT 'b' AS Code UNION ALL SELECT 'B ' AS Code", key)["Status"] == "FatalError"


def test_blanks_too_many_are_cut_without_a_word(mce: Mce) -> None:
    _, key = mce.seed("Name Text(3)")
    assert mce.run("SELECT 'ab       ' AS Name", key)["ErrorMsg"] is None
    assert mce.rows(key) == [{"name": "ab "}]


@pytest.mark.parametrize("update_type", ["Overwrite", "Append", "Update"])
def test_columns_that_do_not_come_out_have_their_defaults_in_new_rows(mce: Mce, update_type: str) -> None:
    name = unique("Defaults")
    fields = [
        "<Name>Id</Name><FieldType>Number</FieldType><IsPrimaryKey>true</IsPrimaryKey>",
        "<Name>Grade</Name><FieldType>Text</FieldType><MaxLength>5</MaxLength><DefaultValue>new</DefaultValue>",
        "<Name>Points</Name><FieldType>Number</FieldType><DefaultValue>7</DefaultValue>",
        "<Name>Note</Name><FieldType>Text</FieldType><MaxLength>5</MaxLength>",
    ]
    given = "".join(f"<Field>{each}</Field>" for each in fields)
    key = name.replace(" ", "-")
    mce.create("DataExtension", f"<CustomerKey>{key}</CustomerKey><Name>{name}</Name><Fields>{given}</Fields>")
    assert mce.run("SELECT 1 AS Id, NULL AS Points", key, update_type)["ErrorMsg"] is None
    assert mce.rows(key) == [{"id": "1", "grade": "new", "points": "", "note": ""}]


@pytest.mark.parametrize("day", ["1752-12-31", "0001-01-01"])
def test_a_day_that_a_date_field_cannot_hold_breaks_the_query_off(mce: Mce, day: str) -> None:
    _, key = mce.seed("Day Date")
    assert mce.run(f"SELECT CAST('{day}' AS DATE) AS Day", key)["ErrorMsg"] == (
        "The conversion of a date data type to a datetime data type resulted in an out-of-range value."
    )
    assert mce.rowset(key).json()["count"] == 0
