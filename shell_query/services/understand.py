"""What an SQL text is and what is wrong with it, before anything is made in MCE."""

from dataclasses import dataclass

from django.conf import settings

from mce_bridge.services import open_account
from qspro.errors import Violation
from shell_query.errors import InvalidSql, SqlBusy
from shell_query.metadata import read_schemas, read_target
from shell_query.services.targets import NewTarget
from shell_query.sql import Field, Problem, SqlRefused, Statement
from shell_query.sql.pool import infer_bounded, parse_bounded
from shell_query.targets import Finding, findings_of, of_sql
from tenants.callers import Caller


@dataclass(frozen=True)
class Understanding:
    """Errors stop a run, warnings do not. Columns are in SELECT order; none where they cannot be told.

    `findings` are those about the target, which have no place in the text.
    """

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
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
    finding = of_sql(problem)
    return Violation(finding.field, finding.message)


def validate_sql(*, caller: Caller, sql_text: str, target: NewTarget | None = None) -> Understanding:
    """All that is known about the text, with the fields of the tables that it reads, and whether its rows fit into the
    target. Makes nothing in MCE.

    Raises SqlBusy, and what MCE answers to reading the metadata.
    """
    try:
        statement = parse_bounded(sql_text, max_characters=settings.SQL_MAX_CHARACTERS)
        account = open_account(
            tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id
        )
        inference = infer_bounded(statement, read_schemas(account, statement.tables))
        found = read_target(account, target.customer_key) if target else None
    except SqlRefused as refused:
        refuse_if_busy(refused)
        return Understanding(errors=refused.problems)
    problems = (*statement.warnings, *inference.problems)
    return Understanding(
        errors=tuple(p for p in problems if p.severity == "error"),
        warnings=tuple(p for p in problems if p.severity == "warning"),
        findings=tuple(
            finding
            for finding in (findings_of(found, target.update_type, statement, inference) if target else ())
            if finding.is_about_target
        ),
        columns=inference.columns,
        tables=tuple(table.name for table in statement.tables),
    )
