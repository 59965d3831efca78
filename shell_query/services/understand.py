"""What an SQL text is and what is wrong with it, before anything is made in MCE."""

from dataclasses import dataclass

from django.conf import settings

from mce_bridge.services import open_account
from qspro.errors import Violation
from shell_query.errors import InvalidSql, SqlBusy
from shell_query.metadata import read_schemas
from shell_query.sql import Field, Problem, SqlRefused, Statement
from shell_query.sql.pool import infer_bounded, parse_bounded
from tenants.callers import Caller


@dataclass(frozen=True)
class Understanding:
    """Errors stop a run, warnings do not. Columns are in SELECT order; none where they cannot be told."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    columns: tuple[Field, ...] = ()
    tables: tuple[str, ...] = ()


def understand(sql_text: str) -> Statement:
    """One SELECT. Raises InvalidSql, with a violation for each thing wrong and its place, and SqlBusy."""
    try:
        return parse_bounded(sql_text, max_characters=settings.SQL_MAX_CHARACTERS)
    except SqlRefused as refused:
        refuse_if_busy(refused)
        raise InvalidSql(str(refused), violations=tuple(map(violation, refused.problems))) from None


def refuse_if_busy(refused: SqlRefused) -> None:
    """Raises SqlBusy: nothing is wrong with this text, others were being read too long."""
    if any(problem.code == "sql_busy" for problem in refused.problems):
        raise SqlBusy(retry_after=5) from refused


def violation(problem: Problem) -> Violation:
    return Violation("sqlText", f"{problem.message} (line {problem.line}, column {problem.column})")


def validate_sql(*, caller: Caller, sql_text: str) -> Understanding:
    """All that is known about the text, with the fields of the tables that it reads. Makes nothing in MCE.

    Raises SqlBusy, and what MCE answers to reading the metadata.
    """
    try:
        statement = parse_bounded(sql_text, max_characters=settings.SQL_MAX_CHARACTERS)
        account = open_account(
            tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id
        )
        inference = infer_bounded(statement, read_schemas(account, statement.tables))
    except SqlRefused as refused:
        refuse_if_busy(refused)
        return Understanding(errors=refused.problems)
    return Understanding(
        errors=tuple(p for p in inference.problems if p.severity == "error"),
        warnings=tuple(p for p in inference.problems if p.severity == "warning"),
        columns=inference.columns,
        tables=tuple(table.name for table in statement.tables),
    )
