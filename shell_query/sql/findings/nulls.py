"""NOT IN over a subquery that may give NULL: with one NULL among its values no row is found at all."""

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.expressions import constant_of
from shell_query.sql.findings.grouping import is_aggregate, within
from shell_query.sql.from_clause import joins_of
from shell_query.sql.lexer import Source
from shell_query.sql.names import fold
from shell_query.sql.places import reach
from shell_query.sql.problem import Problem
from shell_query.sql.scope import Scope

_NOT_PLAIN = ("group", "having", "order", "limit", "offset", "distinct")


def may_be_null(item: exp.Expr, scope: Scope) -> bool:
    """Of an item of a select list: False where it is sure that no NULL comes out, or not known what comes out."""
    inner, select = item.unalias(), item.parent
    if constant_of(inner) is not None or (is_aggregate(inner) and str(inner.name).upper().startswith("COUNT")):
        return False
    if not isinstance(inner, exp.Column) or not isinstance(select, exp.Select):
        return True
    meaning = scope.meaning(str(inner.name), str(inner.table))
    if not meaning.is_known or is_without_null(inner, select):
        return False
    return meaning.nullable or any(join.args.get("side") for join in joins_of(select))


def is_without_null(column: exp.Column, select: exp.Select) -> bool:
    """Whether the WHERE of this SELECT says that the column is not NULL."""
    where = select.args.get("where")
    waiting = [where.this] if where is not None else []
    while waiting:
        node = waiting.pop()
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.And):
            waiting += [node.this, node.expression]
        elif isinstance(node, exp.Not) and isinstance(node.this, exp.Is) and _is_same(node.this.this, column):
            return isinstance(node.this.expression, exp.Null)
        elif isinstance(node, exp.EQ) and any(_is_same(side, column) for side in (node.this, node.expression)):
            return True
    return False


def _is_same(node: exp.Expr, column: exp.Column) -> bool:
    return isinstance(node, exp.Column) and fold(node.name) == fold(column.name)


def not_in(node: exp.Not, source: Source) -> Problem:
    """Marked from NOT to the end of the subquery."""
    inside = node.this
    _, end = reach(source, inside.args["query"])
    index = source.index_at(reach(source, inside.this)[1] - 1)
    while index + 1 < len(source.tokens) and source.tokens[index].upper != "NOT":
        index += 1
    start = source.tokens[index].start
    message = "NOT IN finds no row at all if the subquery gives a single NULL: leave NULLs out of it."
    fix = _mended(inside.args["query"].this, source, start, end)
    return source.problem(Code.NOT_IN_NULLABLE, message, start=start, end=end, fix=fix)


def _mended(query: exp.Expr, source: Source, start: int, end: int) -> str | None:
    """With the condition put into a plain subquery."""
    if not isinstance(query, exp.Select) or any(query.args.get(part) for part in _NOT_PLAIN):
        return None
    item = query.expressions[0].unalias() if query.expressions else None
    if not isinstance(item, exp.Column) or item.is_star or any(isinstance(part, exp.Window) for part in within(item)):
        return None
    first, last = reach(source, item)
    condition = f"{source.text[first:last]} IS NOT NULL"
    where = query.args.get("where")
    if where is None:
        return f"{source.text[start : end - 1]} WHERE {condition})"
    begin = source.index_at(reach(source, where)[0])
    while begin > 0 and source.tokens[begin].upper != "WHERE":
        begin -= 1
    after = source.tokens[begin].end
    return f"{source.text[start:after]} ({source.text[after : end - 1].strip()}) AND {condition})"
