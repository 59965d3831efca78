"""Aggregates where there are none yet, and columns that a group has many of."""

from collections.abc import Iterator
from types import NoneType

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.findings.sources import sources_of
from shell_query.sql.functions import AGGREGATES, DATE_PART_FIRST
from shell_query.sql.lexer import Source
from shell_query.sql.names import fold
from shell_query.sql.places import at_node
from shell_query.sql.problem import Problem
from shell_query.sql.shape import is_star

_PLACES = (exp.Where, exp.Having, exp.From, exp.Join, exp.Lateral, exp.Select)
_SETS = ("rollup", "cube", "grouping_sets", "all", "totals")


def is_aggregate(node: exp.Expr) -> bool:
    """COUNT(*), not COUNT(*) OVER ()."""
    if not isinstance(node, exp.Anonymous) or str(node.name).upper() not in AGGREGATES:
        return False
    above = node.parent
    while isinstance(above, exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls):
        above = above.parent
    return not isinstance(above, exp.Window)


def within(node: exp.Expr) -> Iterator[exp.Expr]:
    """The node and all below it, without the queries among them."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, exp.Query):
            continue
        yield part
        waiting.extend(part.iter_expressions())


def aggregates_in_where(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for where in tree.find_all(exp.Where, exp.Group):
        clause = "WHERE" if isinstance(where, exp.Where) else "GROUP BY"
        for node in within(where):
            if is_aggregate(node) and not _is_of_outer_query(where):
                name = str(node.name).upper()
                instead = "HAVING" if clause == "WHERE" else "a subquery"
                message = f"{name} cannot be used in {clause}, which comes before the groups: use {instead}."
                yield at_node(source, node, Code.AGGREGATE_IN_WHERE, message)


def _is_of_outer_query(where: exp.Expr) -> bool:
    """A subquery among the columns or in HAVING may use aggregates of the query around it, in its WHERE too."""
    clause = _clause_around(where.parent)
    return clause is not None and not isinstance(clause, exp.Where | exp.From | exp.Join)


def _clause_around(select: exp.Expr | None) -> exp.Expr | None:
    """Where in the query around it this SELECT stands: in a clause, or directly below (among its columns)."""
    node = select.parent if select is not None else None
    while node is not None and not isinstance(node, _PLACES):
        node = node.parent
    return node


def not_grouped(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is not None and (not group.expressions or any(group.args.get(each) for each in _SETS)):
            continue  # ROLLUP, CUBE, GROUPING SETS: told by Marketing Cloud itself
        listed = list(group.expressions) if group is not None else []
        if group is None and not _has_aggregate(select):
            continue
        if any(isinstance(each, exp.Rollup | exp.Cube | exp.GroupingSets) for each in listed):
            continue
        yield from _left_out(select, listed, source)


def _has_aggregate(select: exp.Select) -> bool:
    having = [select.args["having"]] if select.args.get("having") else []
    return any(is_aggregate(node) for part in [*select.expressions, *having] for node in within(part))


def _left_out(select: exp.Select, listed: list[exp.Expr], source: Source) -> Iterator[Problem]:
    """Only columns whose name stands nowhere in GROUP BY: whether an expression is the same as another is SQL Server's
    to say. A column of the query around this one has one value, and needs no group."""
    grouped = {fold(column.name) for each in listed for column in each.find_all(exp.Column)}
    own = {fold(table.alias_or_name) for table in sources_of(select)}
    is_inside = not isinstance(_clause_around(select), exp.From | exp.Join | NoneType)
    for column in _ungrouped(select, grouped):
        if fold(column.table) in own or not (column.table or is_inside):
            message = (
                f"{column.name} is neither in GROUP BY nor inside an aggregate like MAX: a group has many values of it."
            )
            yield at_node(source, column, Code.NOT_GROUPED, message)


def _ungrouped(select: exp.Select, grouped: set[str]) -> Iterator[exp.Column]:
    """Meant may be an alias, which GROUP BY and HAVING do not see: that is told when the tables are known."""
    aliases = {fold(item.alias) for item in select.expressions if isinstance(item, exp.Alias)}
    having = [select.args["having"]] if select.args.get("having") else []
    for item in [*select.expressions, *having]:
        if is_star(item) or (isinstance(item, exp.Alias) and fold(item.alias) in grouped):
            continue
        for column in _bare_columns(item):
            is_alias = isinstance(item, exp.Having) and not column.table and fold(column.name) in aliases
            if fold(column.name) not in grouped and not is_alias:
                yield column


def _bare_columns(item: exp.Expr) -> Iterator[exp.Column]:
    """The columns outside aggregates, date parts and subqueries."""
    waiting = [item]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Query) or is_aggregate(node.this if isinstance(node, exp.WithinGroup) else node):
            continue
        if isinstance(node, exp.Column):
            yield node
            continue
        waiting.extend(arguments_of(node))


def arguments_of(node: exp.Expr) -> list[exp.Expr]:
    """What is below the node, without the date part that some functions begin with."""
    if isinstance(node, exp.Anonymous) and str(node.name).upper() in DATE_PART_FIRST:
        return list(node.expressions[1:])
    return list(node.iter_expressions())
