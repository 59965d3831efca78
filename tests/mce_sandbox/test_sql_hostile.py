"""SQL from outside is hostile: it reads no files, no other tenant, no catalogue, and does not leave MCE's wrapper."""

import pytest

from tests.mce_sandbox.client import Mce

FUNCTIONS = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT r.content AS x FROM read_text('/etc/passwd') r",
    "SELECT City FROM Stores s, read_parquet('x') p",
    "SELECT a.x FROM Stores s CROSS APPLY read_csv('/etc/passwd') a(x)",
    "SELECT City FROM Stores WHERE City IN (SELECT file FROM glob('*'))",
    "SELECT City FROM Stores UNION SELECT content FROM read_blob('/etc/passwd')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('m8002001.de_9')",
    "SELECT getenv('HOME') AS x",
    "SELECT current_setting('home_directory') AS x",
    "SELECT getvariable('x') AS x",
    "SELECT nextval('x') AS x",
    "SELECT error('x') AS x",
    "SELECT tsql_newid() AS x",
]
TABLES = [
    "'/etc/passwd'", "[/etc/passwd]", '"/etc/passwd"', "duckdb_tables", "information_schema.tables", "sqlite_master",
    "pg_catalog.pg_class", "m8002001.de_9", "[memory].[m8002001].[de_9]", "de_3", "Ent.de_3", "[m7001001.de_3]",
    "m8002001.Customers",
]  # fmt: skip
WRAPPERS = [
    "SELECT City FROM Stores /*",
    "SELECT City FROM Stores /* a /* b */",
    "SELECT City FROM Stores)",
    "SELECT City FROM Stores) AS q --",
    "SELECT City FROM Stores) AS q UNION SELECT x FROM (SELECT 1 AS x",
    "SELECT City FROM Stores WHERE City = 'a')) AS q; DROP TABLE x --",
    "SELECT 1 AS x; DROP TABLE Stores",
    "SELECT 1 AS x ATTACH 'x'",
    "SELECT 1 AS x INSTALL httpfs",
    "SELECT 'x AS y",
    "SELECT [x AS y",
]


def messages(mce: Mce, sql: str) -> list[str]:
    answer = mce.rest("POST", "/automation/v1/queries/actions/validate/", json={"Text": sql}).json()
    return [error["message"] for error in answer["errors"]]


@pytest.mark.parametrize("sql", FUNCTIONS)
def test_no_function_of_the_database_underneath_is_known(mce: Mce, sql: str) -> None:
    assert [said.partition("' is ")[2] for said in messages(mce, sql)] == ["not a recognized built-in function name."]


@pytest.mark.parametrize("table", TABLES)
def test_only_names_of_data_extensions_and_views_lead_to_a_table(mce: Mce, table: str) -> None:
    said = messages(mce, f"SELECT * FROM {table}")
    assert [each.partition(" is ")[2] for each in said] == ["not a known data extension or system data view"]


@pytest.mark.parametrize("sql", WRAPPERS)
def test_nothing_closes_or_outlasts_the_wrapper(mce: Mce, sql: str) -> None:
    assert len(messages(mce, sql)) == 1


@pytest.mark.parametrize("end", ["--", "-- )", "/* ) */", "\n--;", "/* a /* b */ */"])
def test_a_comment_at_the_end_is_harmless(mce: Mce, end: str) -> None:
    _, key = mce.seed("Id Number")
    assert mce.run(f"SELECT 1 AS Id {end}", key)["ErrorMsg"] is None
    assert mce.rows(key) == [{"id": "1"}]


def test_quotes_in_names_and_texts_stay_inside_them(mce: Mce) -> None:
    _, key = mce.seed("x Text(50)")
    mce.run("""SELECT [a"b] + 'c''d\\' AS x FROM (SELECT '"' AS [a"b]) [q"r]""", key)
    assert mce.rows(key) == [{"x": "\"c'd\\"}]


def test_nested_calls_are_planned_in_one_pass(mce: Mce) -> None:
    """Each level holds its argument once: were it written out twice a level, 24 levels would never end."""
    sql = "Name"
    for number in range(24):
        sql = f"REPLACE({sql}, '{number}', '')" if number % 2 else f"CAST(CAST({sql} AS DATETIME) AS VARCHAR(30))"
    assert messages(mce, f"SELECT {sql} AS x FROM (SELECT '2026-01-05' AS Name) q") == []
