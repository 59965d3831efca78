"""Tells which columns come out, from the fields of the data extensions that the SQL reads."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from shell_query import metadata
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.errors import UnknownColumns
from shell_query.models import Run
from shell_query.sql import Field, Inference, SqlRefused, Statement
from shell_query.sql.pool import infer_bounded, parse_bounded
from shell_query.states import Stage
from shell_query.targets import of_sql


def is_done(run: Run) -> bool:
    return run.columns is not None


def perform(work: Work) -> Outcome:
    try:
        statement, inference = understand(work)
    except SqlRefused as refused:
        return put_off(refused)
    if inference.errors:
        raise UnknownColumns(" ".join(problem.message for problem in inference.errors))
    return Onward(
        {
            "columns": as_json(inference.columns),
            "order_by": order_of(statement),
            "warnings": [of_sql(problem).as_json() for problem in (*statement.warnings, *inference.problems)],
        }
    )


def understand(work: Work) -> tuple[Statement, Inference]:
    """The statement, and what comes out of it. Raises SqlRefused, and what MCE answers about the tables."""
    statement = parse_bounded(work.sql, max_characters=settings.SQL_MAX_CHARACTERS)
    return statement, infer_bounded(statement, metadata.read_schemas(work.account, statement.tables))


def put_off(refused: SqlRefused) -> Outcome:
    """Nothing is wrong with this text if others were being read too long. Raises UnknownColumns for one that is bad."""
    if any(problem.code == "sql_busy" for problem in refused.problems):
        return Onward(seconds=settings.RUN_BACKOFF_SECONDS)
    raise UnknownColumns(str(refused)) from refused


def as_json(columns: Iterable[Field]) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "type": str(field.type), "length": field.length, "scale": field.scale} for field in columns
    ]


def order_of(statement: Statement) -> list[list[str]]:
    return [[term.column, "desc" if term.direction == "descending" else "asc"] for term in statement.order_by]


STEP = Step("columns", Stage.PREPARING, is_done, perform)
