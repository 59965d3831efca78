"""What an SQL text is and what is wrong with it, before anything is made in MCE."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings

from mce_bridge.account import Account
from mce_bridge.objects import query_definitions
from mce_bridge.objects.query_definitions import QueryValidation
from mce_bridge.services import candidates
from qspro.errors import Violation
from shell_query.catalogue import Catalogue
from shell_query.errors import InvalidSql, SqlBusy
from shell_query.metadata import Described, own_names, read_target
from shell_query.models import Run
from shell_query.services.data_extensions import catalogue_of
from shell_query.services.estimate import Estimate, count_rows, latest_run
from shell_query.services.targets import NewTarget
from shell_query.sql import Field, Inference, Problem, SqlRefused, Statement
from shell_query.sql.codes import Code
from shell_query.sql.pool import infer_bounded, parse_bounded
from shell_query.sql.problem import without_marked
from shell_query.targets import Finding, findings_of, of_sql
from tenants.callers import Caller
from tenants.context import tenant_scope


@dataclass(frozen=True)
class Understanding:
    """Errors stop a run, warnings do not. Columns are in SELECT order; none where they cannot be told.

    `findings` are those about the target, which have no place in the text. `opinion` is Marketing Cloud's own, where it
    was asked for.
    """

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    columns: tuple[Field, ...] = ()
    tables: tuple[str, ...] = ()
    opinion: QueryValidation | None = None
    estimate: Estimate = field(default_factory=Estimate)


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


def validate_sql(
    *, caller: Caller, sql_text: str, target: NewTarget | None = None, deep: bool = False
) -> Understanding:
    """All that is known about the text, with the fields of the tables that it reads, and whether its rows fit into the
    target; `deep` asks Marketing Cloud's own validation too, and counts rows. Makes nothing in MCE.

    Raises SqlBusy, and what MCE answers to reading the metadata.
    """
    try:
        statement = parse_bounded(sql_text, max_characters=settings.SQL_MAX_CHARACTERS)
        catalogue, previous = catalogue_and_previous(caller, statement)
        inference, described = inferred(catalogue, statement)
    except SqlRefused as refused:
        refuse_if_busy(refused)
        opinion = second_opinion(catalogue_of(caller).account, sql_text) if deep else None
        errors = tuple(problem for problem in refused.problems if problem.severity == "error")
        rest = without_marked(sql_text, refused.problems)
        if rest is None:
            warnings = tuple(problem for problem in refused.problems if problem not in errors)
            return Understanding(errors=errors, warnings=warnings, opinion=opinion)
        # A `;` at the end shall not hide what else there is to say.
        beyond = validate_sql(caller=caller, sql_text=rest, target=target)
        return replace(beyond, errors=(*errors, *beyond.errors), opinion=opinion, estimate=Estimate())
    account = catalogue.account
    opinion = second_opinion(account, sql_text) if deep else None
    found = read_target(account, target.customer_key) if target else None
    about = findings_of(found, target.update_type, statement, inference) if target else ()
    problems = (*statement.warnings, *inference.problems)
    errors = tuple(problem for problem in problems if stops(problem, opinion))
    return Understanding(
        errors=errors,
        warnings=tuple(problem for problem in problems if problem not in errors),
        findings=tuple(finding for finding in about if finding.is_about_target),
        columns=inference.columns,
        tables=tuple(table.name for table in statement.tables),
        opinion=opinion,
        estimate=Estimate(
            previous=previous,
            tables=count_rows(account, statement.tables, described) if deep else None,
        ),
    )


def catalogue_and_previous(caller: Caller, statement: Statement) -> tuple[Catalogue, Run | None]:
    """What tells of the tables, and the caller's latest ready run of the query, read in one transaction."""
    with tenant_scope(caller.tenant_id):
        found = candidates(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
        previous = latest_run(caller, statement)
    return Catalogue(found.open()), previous


def inferred(catalogue: Catalogue, statement: Statement) -> tuple[Inference, dict[str, Described]]:
    """What comes out. What kept metadata makes doubtful is looked at again with what Marketing Cloud says now."""
    described = catalogue.described(statement.tables)
    inference = infer_with(catalogue, statement, described)
    if catalogue.is_old and any(is_about_tables(problem) for problem in inference.problems):
        described = catalogue.described(statement.tables, fresh=True)
        inference = infer_with(catalogue, statement, described)
    return inference, described


def infer_with(catalogue: Catalogue, statement: Statement, described: Mapping[str, Described]) -> Inference:
    """Other names are only needed where a table is not known: one of them may be meant."""
    all_known = set(own_names(statement.tables)) <= described.keys()
    names = () if all_known else tuple(each.name for each in catalogue.names())
    return infer_bounded(statement, {key: found.schema for key, found in described.items()}, names)


def is_about_tables(problem: Problem) -> bool:
    return problem.severity == "error" or problem.code is Code.UNLISTED_COLUMN


def second_opinion(account: Account, sql_text: str) -> QueryValidation | None:
    """None for a text longer than a run may have: it is not sent on."""
    if len(sql_text) > settings.SQL_MAX_CHARACTERS:
        return None
    return query_definitions.validate(account, sql_text)


def stops(problem: Problem, opinion: QueryValidation | None) -> bool:
    """What Marketing Cloud has accepted is not wrong because of what we know of its tables (decision 0016)."""
    accepted = opinion is not None and opinion.valid
    return problem.severity == "error" and not (problem.is_from_metadata and accepted)
