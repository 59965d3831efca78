"""Window functions and aggregates where what they are to count is not there yet."""

from collections.abc import Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.findings.grouping import arguments_of, is_aggregate, within
from shell_query.sql.lexer import Source
from shell_query.sql.places import at_node
from shell_query.sql.problem import Problem

_OVER = (
    "A window function can only stand among the columns and in ORDER BY: put it into a derived table, and use its name"
)
_CLAUSES = {"where": "WHERE", "group": "GROUP BY", "having": "HAVING"}


def windows_in_clauses(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for select in tree.find_all(exp.Select):
        for clause, name in _clauses(select):
            for node in within(clause):
                if isinstance(node, exp.Window):
                    yield at_node(source, node, Code.WINDOW_IN_WHERE, f"{_OVER} in {name} outside of it.")


def _clauses(select: exp.Select) -> Iterator[tuple[exp.Expr, str]]:
    for key, name in _CLAUSES.items():
        if clause := select.args.get(key):
            yield clause, name
    for join in select.args.get("joins") or []:
        if condition := join.args.get("on"):
            yield condition, "ON"


def nested_aggregates(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """SUM(COUNT(*)) OVER () is none: a window is over the groups."""
    for outer in filter(is_aggregate, tree.find_all(exp.Anonymous)):
        for inner in (part for argument in arguments_of(outer) for part in within(argument)):
            if is_aggregate(inner) or isinstance(inner, exp.Window):
                message = (
                    f"{str(outer.name).upper()} cannot be taken of an aggregate: put that one into a derived table."
                )
                yield at_node(source, inner, Code.NESTED_AGGREGATE, message)
