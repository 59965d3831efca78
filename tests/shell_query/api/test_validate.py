"""What validation keeps, what Marketing Cloud adds when asked, what a query may take; and who may know it."""

from typing import Any
from uuid import uuid4

import pytest

from mce_bridge.objects.query_definitions import QueryValidation
from shell_query.services.understand import stops
from shell_query.sql import Problem
from shell_query.sql.codes import Code
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.api.conftest import Api
from tests.shell_query.driver import run_sql

SQL = "SELECT StoreID, City FROM Stores"


def validate(person: Api, sql: str, **more: Any) -> dict[str, Any]:
    answer = person.post("/api/queries/validate", {"sqlText": sql, **more})
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def codes(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["code"] for finding in findings]


@pytest.fixture
def of_alice(connected: Cast, mce: Sandbox) -> str:
    """A data extension that only her business unit has, and no other one's name is near to."""
    name = f"{uuid4().hex} of Alice"
    body = {
        "mid": connected.alice.caller.mid,
        "name": name,
        "key": name.replace(" ", "-"),
        "fields": "Id Number, Wert Text(9)",
    }
    mce.ask("POST", "seed", {**body, "rows": [[1, "a"], [2, "b"]]})
    return name


def test_a_finding_has_a_severity_a_place_and_a_fix(alice: Api) -> None:
    found = validate(alice, "SELECT StoreID\nFROM Stores WHERE Citi != 'Paris'")
    message = "Invalid column name 'Citi'. Is City meant?"
    assert found["valid"] is False
    assert found["errors"] == [
        {
            "code": "unknown_column",
            "severity": "error",
            "field": "sqlText",
            "message": message,
            "line": 2,
            "column": 19,
            "length": 4,
            "fix": "City",
        }
    ]
    assert [(each["code"], each["severity"], each["fix"]) for each in found["warnings"]] == [
        ("bang_equals", "warning", "<>")
    ]


def test_metadata_is_kept_for_all_who_ask_over_the_same_connection(alice: Api, bob: Api, mce: Sandbox) -> None:
    first = validate(alice, SQL)
    asked = len(mce.calls())
    assert validate(alice, SQL) == validate(bob, SQL) == first
    assert len(mce.calls()) == asked


def test_what_kept_metadata_makes_doubtful_is_looked_at_again(alice: Api, mce: Sandbox) -> None:
    validate(alice, SQL)
    before = len(mce.calls("Retrieve", "DataExtensionField"))
    assert codes(validate(alice, "SELECT Nope FROM Stores")["errors"]) == ["unknown_column"]
    assert len(mce.calls("Retrieve", "DataExtensionField")) == before + 1


def test_nothing_is_kept_across_tenants(alice: Api, mallory: Api, of_alice: str) -> None:
    sql = f"SELECT Wert FROM [{of_alice}]"
    assert validate(alice, sql)["valid"] is True
    found = validate(mallory, sql)
    assert codes(found["errors"]) == ["unknown_table"]
    assert of_alice not in str(found["errors"][0].get("fix"))
    assert found["columns"] == [{"name": "Wert", "type": "Text", "length": 254, "scale": None}]


def test_the_nearest_name_is_offered_of_ones_own_tables_only(alice: Api, mallory: Api, of_alice: str) -> None:
    sql = f"SELECT Wert FROM [{of_alice[:-1]}]"
    assert [error["fix"] for error in validate(alice, sql)["errors"]] == [f"[{of_alice}]"]
    assert [error.get("fix") for error in validate(mallory, sql)["errors"]] == [None]


def test_marketing_clouds_own_word_is_had_only_when_asked(alice: Api, mce: Sandbox) -> None:
    assert validate(alice, SQL)["marketingCloud"] is None
    assert validate(alice, SQL, deep=True)["marketingCloud"] == {"valid": True, "errors": [], "warnings": []}
    assert mce.calls("Create") == []


def test_what_marketing_cloud_refuses_is_not_valid(alice: Api) -> None:
    found = validate(alice, "SELECT Nope FROM Stores", deep=True)
    assert (found["valid"], codes(found["errors"])) == (False, ["unknown_column", "sql_rejected"])
    assert found["marketingCloud"] == {"valid": False, "errors": ["Invalid column name 'Nope'"], "warnings": []}
    assert found["errors"][1]["message"] == "Marketing Cloud does not accept this SQL: Invalid column name 'Nope'"


def test_a_text_that_we_refuse_is_asked_about_too(alice: Api) -> None:
    found = validate(alice, "SELECT City FROM Stores;", deep=True)
    assert codes(found["errors"]) == ["trailing_semicolon", "sql_rejected"]
    assert found["estimate"] == {"previousRun": None, "tables": None}


@pytest.mark.parametrize(
    ("code", "accepted", "stopped"),
    [
        (Code.UNKNOWN_COLUMN, None, True),
        (Code.UNKNOWN_COLUMN, False, True),
        (Code.UNKNOWN_COLUMN, True, False),
        (Code.UNKNOWN_COLUMNS, True, True),
        (Code.BANG_EQUALS, None, False),
    ],
)
def test_what_the_tables_show_yields_to_what_marketing_cloud_accepts(
    code: Code, accepted: bool | None, stopped: bool
) -> None:
    opinion = None if accepted is None else QueryValidation(accepted, (), ())
    assert stops(Problem(code, "", 1, 1), opinion) is stopped


def test_rows_are_counted_only_when_asked(alice: Api, of_alice: str) -> None:
    sql = (
        f"SELECT a.Id FROM [{of_alice}] a JOIN _Sent s ON s.JobID = a.Id JOIN Ent.[Shared Stores] e ON e.StoreID = a.Id"
    )
    assert validate(alice, sql)["estimate"]["tables"] is None
    assert validate(alice, sql, deep=True)["estimate"]["tables"] == [
        {"name": of_alice, "rows": 2},
        {"name": "_Sent", "rows": None},
        {"name": "Shared Stores", "rows": None},
    ]


def test_rows_of_another_tenant_are_not_counted(mallory: Api, of_alice: str) -> None:
    found = validate(mallory, f"SELECT Wert FROM [{of_alice}]", deep=True)
    assert found["estimate"]["tables"] == [{"name": of_alice, "rows": None}]


def test_how_long_it_took_before_is_told_to_who_ran_it(alice: Api, bob: Api, mallory: Api, connected: Cast) -> None:
    run = run_sql(connected.alice.caller, SQL)
    mine = validate(alice, "select StoreID,City from Stores")["estimate"]["previousRun"]
    assert mine["runId"] == str(run.id)
    assert mine["rowCount"] == run.row_count
    assert 0 <= mine["mceMs"] <= mine["totalMs"]
    assert [validate(other, SQL)["estimate"]["previousRun"] for other in (bob, mallory)] == [None, None]


def test_deep_is_true_or_false(alice: Api) -> None:
    answer = alice.post("/api/queries/validate", {"sqlText": SQL, "deep": "perhaps"})
    assert (answer.status, answer.code) == (400, "invalid_fields")


@pytest.mark.usefixtures("connected")
def test_what_can_be_left_out_does_not_hide_the_rest(alice: Api) -> None:
    found = validate(alice, "SELECT Citty,\r\n Nope INTO Elsewhere\n FROM Stores;")
    told = [(each["code"], each["line"], each["column"], each["length"]) for each in found["errors"]]
    assert told == [
        ("select_into", 2, 7, 14),
        ("trailing_semicolon", 3, 13, 1),
        ("unknown_column", 1, 8, 5),
        ("unknown_column", 2, 2, 4),
    ]
    assert (found["valid"], found["tables"]) == (False, ["Stores"])


@pytest.mark.usefixtures("connected")
def test_what_cannot_be_left_out_is_told_alone(alice: Api) -> None:
    found = validate(alice, "SELECT Citty FROM Stores LIMIT 5;")
    assert "unknown_column" not in codes(found["errors"])
    assert found["valid"] is False
