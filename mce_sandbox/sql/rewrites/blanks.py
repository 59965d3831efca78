"""Blanks at the end of a text do not count: in DISTINCT, GROUP BY, ORDER BY, PARTITION BY, and between queries."""

from sqlglot import exp

from mce_sandbox.sql.rewrites.operators import padded
from mce_sandbox.sql.rewrites.outputs import pad_outputs
from mce_sandbox.sql.types import Type, type_of, typed


def settle(query: exp.Expr) -> None:
    """Changes one query, all of whose expressions are rewritten already."""
    if isinstance(query, exp.SetOperation):
        if query.args.get("distinct"):
            pad_outputs(query)
    elif isinstance(query, exp.Select):
        _distinct(query)
        _grouped(query)
        _ordered(query)


def _distinct(query: exp.Select) -> None:
    values = [each.unalias() for each in query.expressions]
    if query.args.get("distinct") and any(type_of(value).is_text for value in values):
        query.set("distinct", exp.Distinct(on=exp.Tuple(expressions=[padded(value.copy()) for value in values])))


def _grouped(query: exp.Select) -> None:
    """Groups by the texts without their blanks; what comes out is one of the group's own texts."""
    group = query.args.get("group")
    if group is None or _has_subquery(query):
        return
    holders = [group, *group.find_all(exp.Rollup, exp.Cube)]
    texts = [each for holder in holders for each in holder.expressions if type_of(each).is_text]
    if not texts:
        return
    # In the rows of subtotals a text is NULL, so it has to be what is grouped by itself.
    plain = len(holders) == 1 and not group.args.get("grouping_sets")
    found = [(each.copy(), _any_of(each) if plain else padded(each.copy())) for each in texts]
    for holder in holders:
        holder.set("expressions", [padded(each) for each in holder.expressions])
    for name in ("expressions", "having", "order"):
        parts = query.args.get(name)
        for part in parts if isinstance(parts, list) else [parts] if parts is not None else []:
            _replace(part, found)


def _ordered(query: exp.Select) -> None:
    """ORDER BY. What is distinct or grouped has its blanks taken off already; ties are ranked in queries.py."""
    order, limit = query.args.get("order"), query.args.get("limit")
    is_ranked = isinstance(limit, exp.Limit) and limit.args.get("limit_options") is not None
    is_settled = is_ranked or query.args.get("distinct") or query.args.get("group")
    for each in order.expressions if order is not None else []:
        value = each.this
        if isinstance(value, exp.Column) and not value.table:
            named = (given for given in query.expressions if given.alias_or_name.lower() == value.name.lower())
            typed(value, next((type_of(given) for given in named), type_of(value)))
        if not is_settled:
            each.set("this", padded(value))


def _any_of(node: exp.Expr) -> exp.Expr:
    return typed(exp.AnyValue(this=node.copy()), type_of(node))


def _has_subquery(query: exp.Select) -> bool:
    """A subquery may speak of the groups from inside: then they stay as they are."""
    parts = [*query.expressions, query.args.get("having"), query.args.get("order")]
    return any(part is not None and part.find(exp.Subquery, exp.Select) for part in parts)


def _replace(node: exp.Expr, found: list[tuple[exp.Expr, exp.Expr]]) -> None:
    is_of_groups = isinstance(node, exp.Grouping | exp.GroupingId)
    if isinstance(node, exp.AggFunc) and not is_of_groups and not isinstance(node.parent, exp.Window):
        return
    for wanted, made in found:
        if node == wanted:
            node.replace(made.copy())
            return
    for child in list(node.iter_expressions()):
        _replace(child, found)


def window_parts(node: exp.Expr) -> None:
    """PARTITION BY and ORDER BY of a window."""
    node.set("partition_by", [padded(each) for each in node.args.get("partition_by") or []])
    order = node.args.get("order")
    for each in order.expressions if order is not None else []:
        each.set("this", padded(each.this))


def counted_once(node: exp.Expr, type_: Type) -> exp.Expr:
    """COUNT(DISTINCT x)."""
    inner = node.this
    if isinstance(inner, exp.Distinct):
        inner.set("expressions", [padded(each) for each in inner.expressions])
    return typed(node, type_)
