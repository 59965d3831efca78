"""DuckDB's errors in SQL Server's words, and the look at a plan that finds some before a query runs."""

import re

import duckdb

from mce_sandbox.sql.errors import TOO_DEEP, SqlRejected
from mce_sandbox.sql.translating import Translated

CONVERSION = re.compile(r"Could not convert string '(.*?)' to (\w+)", re.DOTALL)
NOT_GROUPED = re.compile(r'column "([^"]+)" must appear in the GROUP BY clause')
NO_FUNCTION = re.compile(r'Function with name "?(\w+)"? does not exist', re.IGNORECASE)
CLASH = re.compile(r"Cannot compare values of type (\w+)[^ ]* and type (\w+)")
SEVERAL = (
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or "
    "when the subquery is used as an expression."
)
NUMBERS = {"INT32": "int", "INT64": "int", "BOOL": "bit"}
BAD_DATE = "Conversion failed when converting date and/or time from character string."
OVERFLOW = "Arithmetic overflow error converting expression to data type {}."
NUMERIC_OVERFLOW = "Arithmetic overflow error converting numeric to data type numeric."


def bind(connection: duckdb.DuckDBPyConnection, translated: Translated) -> None:
    """Plans the query without running it. Raises SqlRejected for what SQL Server finds when it compiles."""
    try:
        connection.execute(f"EXPLAIN {translated.sql}")
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise SqlRejected(spoken(error)) from error
    except duckdb.Error:
        # Constants are computed while planning: SQL Server would meet that only when it runs.
        return


def spoken(error: duckdb.Error) -> str:
    """What SQL Server would say."""
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        # MCE's words are not known.
        return "Query timeout expired. The query ran longer than allowed."
    if isinstance(error, duckdb.OutOfMemoryException):
        return "There is insufficient system memory to run this query."
    if found := CONVERSION.search(text):
        kind = NUMBERS.get(found[2])
        return BAD_DATE if kind is None else _failed_conversion(found[1], kind)
    if found := NOT_GROUPED.search(text):
        return (
            f"Column '{found[1]}' is invalid in the select list because it is not contained in either an "
            "aggregate function or the GROUP BY clause."
        )
    if found := NO_FUNCTION.search(text):
        return f"'{found[1]}' is not a recognized built-in function name."
    if found := CLASH.search(text):
        return f"Operand type clash: {found[1].lower()} is incompatible with {found[2].lower()}"
    if "Max expression depth" in text:
        return TOO_DEEP
    if "WHERE clause cannot contain aggregates" in text:
        return (
            "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING "
            "clause or a select list, and the column being aggregated is an outer reference."
        )
    # What follows quotes the query.
    first = text.splitlines()[0] if text else "unknown"
    if "More than one row returned by a subquery" in first:
        return SEVERAL
    if isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException):
        if "timestamp" in first.lower() or "date" in first.lower():
            return BAD_DATE
        return NUMERIC_OVERFLOW if "DECIMAL" in first else OVERFLOW.format("int")
    return first.partition("Error: ")[2] or first


def _failed_conversion(value: str, kind: str) -> str:
    return f"Conversion failed when converting the varchar value '{value}' to data type {kind}."
