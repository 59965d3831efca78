"""CASE, IIF, ISNULL, COALESCE, NULLIF, CHOOSE: branches come to one type."""

from collections.abc import Callable

from sqlglot import exp

from mce_sandbox.sql.casts import convert, to_widest
from mce_sandbox.sql.rewrites.operators import padded
from mce_sandbox.sql.types import UNKNOWN, type_of, typed, widest


def case(node: exp.Expr) -> exp.Expr:
    ifs: list[exp.Expr] = node.args["ifs"]
    values = [each.args["true"] for each in ifs]
    default = node.args.get("default")
    target = widest([type_of(each) for each in [*values, default] if each is not None])
    for each, value in zip(ifs, to_widest(values, target), strict=True):
        each.set("true", value)
    if default is not None:
        node.set("default", to_widest([default], target)[0])
    if node.this is not None:
        node.set("this", padded(node.this))
    return typed(node, target)


def iif(node: exp.Expr) -> exp.Expr:
    """IIF; also each WHEN of a CASE, which is left to the CASE."""
    if isinstance(node.parent, exp.Case):
        return node
    values = [node.args["true"], node.args.get("false") or exp.Null()]
    target = widest([type_of(each) for each in values])
    first, second = to_widest(values, target)
    node.set("true", first)
    node.set("false", second)
    return typed(node, target)


def coalesce(node: exp.Expr) -> exp.Expr:
    """COALESCE takes the type of highest precedence, ISNULL the first one's."""
    values = [node.args["this"], *node.expressions]
    types = [type_of(each) for each in values]
    target = types[0] if node.args.get("is_null") and types[0] != UNKNOWN else widest(types)
    if node.args.get("is_null"):
        values = [
            each if type_of(each) in (target, UNKNOWN) else convert(each, target, duckdb_type="INTEGER")
            for each in values
        ]
    else:
        values = to_widest(values, target)
    node.set("this", values[0])
    node.set("expressions", values[1:])
    return typed(node, target)


def nullif(node: exp.Expr) -> exp.Expr:
    return typed(node, type_of(node.this))


REWRITES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Case: case,
    exp.If: iif,
    exp.Coalesce: coalesce,
    exp.Nullif: nullif,
}
