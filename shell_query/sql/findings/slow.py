"""What takes Marketing Cloud long: it reads every row where an index would have done."""

from collections.abc import Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.expressions import constant_of
from shell_query.sql.findings.grouping import arguments_of, within
from shell_query.sql.lexer import Source
from shell_query.sql.places import at_node
from shell_query.sql.problem import Problem
from shell_query.sql.scope import Scope
from shell_query.sql.types import FieldType

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)


def leading_wildcards(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for like in tree.find_all(exp.Like):
        pattern = constant_of(like.expression)
        if isinstance(pattern, str) and pattern.startswith(("%", "_")):
            message = "A pattern that begins with a wildcard makes Marketing Cloud read every row: it can be slow."
            yield at_node(source, like.expression, Code.LEADING_WILDCARD, message)


def functions_on_dates(clause: exp.Expr, scope: Scope, source: Source) -> Iterator[Problem]:
    """In WHERE and ON: a function around a data view's date, compared with something."""
    for comparison in within(clause):
        if not isinstance(comparison, _COMPARISONS):
            continue
        for side in (comparison.this, comparison.args.get("expression")):
            if isinstance(side, exp.Anonymous | exp.Cast | exp.Convert) and (name := _date_within(side, scope)):
                message = (
                    f"A function around {name} makes Marketing Cloud read the whole data view: compare {name} itself "
                    "with a date, as in EventDate >= DATEADD(day, -30, GETDATE())."
                )
                yield at_node(source, side, Code.FUNCTION_ON_DATE, message)


def _date_within(node: exp.Expr, scope: Scope) -> str | None:
    """The name of a data view's date column below this node."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, exp.Query):
            continue
        if isinstance(part, exp.Column):
            owner = scope.owner(str(part.name), str(part.table))
            column = owner.column(str(part.name)) if owner else None
            if owner and owner.is_data_view and column and column.type.type is FieldType.DATE:
                return column.name
            continue
        waiting.extend([part.expression] if isinstance(part, exp.Convert) else arguments_of(part))
    return None
