"""Tells which columns come out, from the fields of the data extensions that the SQL reads."""

from django.conf import settings

from shell_query import metadata
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.errors import UnknownColumns
from shell_query.models import Run
from shell_query.sql import SqlRefused
from shell_query.sql.pool import infer_bounded, parse_bounded
from shell_query.states import Stage


def is_done(run: Run) -> bool:
    return run.columns is not None


def perform(work: Work) -> Outcome:
    sql = work.sql
    try:
        statement = parse_bounded(sql, max_characters=settings.SQL_MAX_CHARACTERS)
        schemas = metadata.read_schemas(work.account, statement.tables)
        inference = infer_bounded(statement, schemas)
    except SqlRefused as refused:
        if any(problem.code == "sql_busy" for problem in refused.problems):
            return Onward(seconds=settings.RUN_BACKOFF_SECONDS)
        raise UnknownColumns(str(refused)) from refused
    errors = [problem.message for problem in inference.problems if problem.severity == "error"]
    if errors:
        raise UnknownColumns(" ".join(errors))
    columns = [
        {"name": field.name, "type": str(field.type), "length": field.length, "scale": field.scale}
        for field in inference.columns
    ]
    order = [[term.column, "desc" if term.direction == "descending" else "asc"] for term in statement.order_by]
    return Onward({"columns": columns, "order_by": order})


STEP = Step("columns", Stage.PREPARING, is_done, perform)
