"""Runs a query and writes its rows into the target, by column name, as MCE's own INSERT around it does."""

# ruff: noqa: S608 - every name put into SQL here is quoted or of our own making

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import duckdb

from mce_sandbox.objects.fields import TEXTS, Field
from mce_sandbox.objects.values import default_of
from mce_sandbox.sql.catalogue import Catalogue
from mce_sandbox.sql.checking import Checked, check
from mce_sandbox.sql.errors import SqlFailed, SqlRejected
from mce_sandbox.sql.speaking import spoken
from mce_sandbox.sql.translating import Translated, translate
from mce_sandbox.sql.warehouse import quoted

TARGET_IN_QUERY = "Update Type must be 'Update' or the target data extension cannot appear in the query."
NO_DATETIME = "The conversion of a date data type to a datetime data type resulted in an out-of-range value."


@dataclass(frozen=True)
class Target:
    """Where the rows go. `table` is ready for SQL; `mid` and `name` are for messages."""

    name: str
    mid: int
    schema: str
    table: str
    fields: tuple[Field, ...]

    @property
    def sql(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.table)}"


def check_target(checked: Checked, target: Target, update_type: str) -> None:
    """What MCE looks at when a query is saved: the target against what comes out."""
    given = {name.lower() for name in checked.columns}
    for field in target.fields:
        if field.required and field.name.lower() not in given:
            raise SqlRejected(f"Field '{field.name}' is required for the Target Data Extension")
    reads = {(source.schema, source.table) for source in checked.sources}
    if update_type != "Update" and (target.schema, target.table) in reads:
        raise SqlRejected(TARGET_IN_QUERY)
    if update_type == "Update" and not any(field.primary_key for field in target.fields):
        # In MCE only a target with a primary key can be updated; its words are not known.
        raise SqlRejected("The target data extension must have a primary key to use Update.")


@dataclass(frozen=True)
class Job:
    """One run of a query: its text, what it may read, where it writes and how, and what GETDATE() says."""

    text: str
    catalogue: Catalogue
    target: Target
    update_type: str
    now: datetime


def execute(connection: duckdb.DuckDBPyConnection, job: Job, *, rows_before_failure: int = 0) -> int:
    """Runs the query in one transaction and answers how many rows it wrote; SqlError if it broke off."""
    try:
        return _execute(connection, job)
    except SqlFailed:
        write_part(connection, job, rows_before_failure)
        raise


def write_part(connection: duckdb.DuckDBPyConnection, job: Job, rows: int) -> None:
    """Writes the first rows of a query that fails: as many as wanted, or fewer if the failure comes before."""
    while rows:
        try:
            _execute(connection, job, most=rows)
        except SqlFailed:
            rows //= 2
        else:
            return


def _execute(connection: duckdb.DuckDBPyConnection, job: Job, *, most: int | None = None) -> int:
    checked = check(job.text, job.catalogue)
    check_target(checked, job.target, job.update_type)
    given = {name.lower() for name in checked.columns}
    fields = [field for field in job.target.fields if field.name.lower() in given]
    if not fields:
        raise SqlFailed("The query has no column of the target data extension.")
    translated = translate(checked, now=job.now)
    if most is not None:
        translated = Translated(f"SELECT * FROM ({translated.sql}) LIMIT {most}", translated.types)
    try:
        connection.execute("BEGIN")
        written = _write(connection, translated, fields, job.target, job.update_type)
        connection.execute("COMMIT")
    except duckdb.Error as error:
        _roll_back(connection)
        raise SqlFailed(spoken(error)) from error
    except SqlFailed:
        _roll_back(connection)
        raise
    return written


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """A COMMIT that fails has done it already: then there is nothing left to roll back."""
    with suppress(duckdb.TransactionException):
        connection.rollback()


def _write(
    connection: duckdb.DuckDBPyConnection, translated: Translated, fields: Sequence[Field], target: Target,
    update_type: str,
) -> int:  # fmt: skip
    # The types are DuckDB's casts: what does not convert raises, as it does in SQL Server.
    casts = ", ".join(f"{translated.column(field)} AS {quoted(field.name)}" for field in fields)
    cut = ", ".join(_cut(field) for field in fields)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS SELECT {casts} FROM ({translated.sql}) AS querydef")
    _check_rows(connection, fields, target)
    keys = [field for field in target.fields if field.primary_key]
    names = ", ".join(quoted(field.name) for field in fields)
    if update_type == "Overwrite":
        connection.execute(f"DELETE FROM {target.sql}")
    same = " AND ".join(f"{_compared(key, 't.')} = {_compared(key, 'answer.')}" for key in keys)
    if keys:
        _check_keys(connection, keys, target, same if update_type == "Append" else "")
    fresh = ""
    if update_type == "Update":
        values = [field for field in fields if not field.primary_key]
        if values:
            setters = ", ".join(f"{quoted(f.name)} = {_cut(f)}" for f in values)
            connection.execute(f"UPDATE {target.sql} AS t SET {setters} FROM answer WHERE {same}")
        fresh = f" WHERE NOT EXISTS (SELECT 1 FROM {target.sql} AS t WHERE {same})"
    defaults = {field.name: default_of(field) for field in target.fields if field not in fields and field.default}
    names += "".join(f", {quoted(name)}" for name in defaults)
    connection.execute(
        f"INSERT INTO {target.sql} ({names}) SELECT {cut}{', ?' * len(defaults)} FROM answer{fresh}",
        list(defaults.values()),
    )
    counted = connection.execute("SELECT count(*) FROM answer").fetchone()
    connection.execute("DROP TABLE answer")
    return int(counted[0]) if counted else 0


def _cut(field: Field) -> str:
    """A text too long by its blanks at the end only is cut without a word."""
    column = f"answer.{quoted(field.name)}"
    return f"left({column}, {field.max_length})" if field.type in TEXTS and field.max_length else column


def _compared(field: Field, prefix: str = "") -> str:
    """A key's value as it is compared: blanks at the end of a text do not count."""
    column = f"{prefix}{quoted(field.name)}"
    return f"rtrim({column}, ' ')" if field.type in TEXTS else column


def _check_rows(connection: duckdb.DuckDBPyConnection, fields: Sequence[Field], target: Target) -> None:
    """Lengths and NULLs, in one pass over the rows."""
    tests: list[tuple[str, str]] = []
    for field in fields:
        if field.required:
            tests.append(
                (
                    f"{quoted(field.name)} IS NULL",
                    f"Cannot insert the value NULL into column '{field.name}', table 'C{target.mid}.{target.name}'; "
                    "column does not allow nulls. INSERT fails.",
                )
            )
        if field.type == "Date":
            tests.append((f"year({quoted(field.name)}) NOT BETWEEN 1753 AND 9999", NO_DATETIME))
        if field.type in TEXTS and field.max_length:
            tests.append(
                (
                    f"length(rtrim({quoted(field.name)}, ' ')) > {field.max_length}",
                    "String or binary data would be truncated.",
                )
            )
    if not tests:
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {test})" for test, _ in tests)
    found = connection.execute(f"SELECT {counts} FROM answer").fetchone() or ()
    for bad, (_, message) in zip(found, tests, strict=True):
        if bad:
            raise SqlFailed(message)


def _check_keys(connection: duckdb.DuckDBPyConnection, keys: Sequence[Field], target: Target, same: str) -> None:
    names = ", ".join(_compared(key) for key in keys)
    doubles = f"SELECT 1 FROM answer GROUP BY {names} HAVING count(*) > 1"
    if same:
        doubles = f"({doubles}) UNION ALL (SELECT 1 FROM answer JOIN {target.sql} AS t ON {same})"
    if connection.execute(f"SELECT EXISTS ({doubles})").fetchone() == (True,):
        raise SqlFailed(
            f"Violation of PRIMARY KEY constraint. Cannot insert duplicate key in object 'C{target.mid}.{target.name}'."
        )
