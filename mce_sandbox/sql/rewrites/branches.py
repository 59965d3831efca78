"""CASE, IIF, ISNULL, COALESCE, NULLIF, CHOOSE: branches come to one type."""

from sqlglot import exp

from mce_sandbox.sql.casts import convert, to_widest
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.rewrites.operators import compare
from mce_sandbox.sql.types import UNKNOWN, Rewrite, Type, call, type_of, typed, widest

ISNULL_TAKES = 2


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
        for each in ifs:
            each.set("this", compare(exp.EQ(this=node.this.copy(), expression=each.this)))
        node.set("this", None)
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
    """COALESCE takes the type of highest precedence, ISNULL the first one's, with its length."""
    values = [node.args["this"], *node.expressions]
    if node.args.get("is_null") and len(values) != ISNULL_TAKES:
        raise SqlRejected(f"The isnull function requires {ISNULL_TAKES} argument(s).")
    types = [type_of(each) for each in values]
    target = types[0] if node.args.get("is_null") and types[0] != UNKNOWN else widest(types)
    if node.args.get("is_null"):
        values = [values[0], *(_as_first(each, target) for each in values[1:])]
    else:
        values = to_widest(values, target)
    node.set("this", values[0])
    node.set("expressions", values[1:])
    return typed(node, target)


def _as_first(node: exp.Expr, target: Type) -> exp.Expr:
    made = node if type_of(node) in (target, UNKNOWN) else convert(node, target)
    return call("left", made, target.length) if target.is_text and target.length is not None else made


def nullif(node: exp.Expr) -> exp.Expr:
    """As CASE WHEN a = b THEN NULL ELSE a END: what is compared is not what comes out."""
    value = node.args["this"]
    same = compare(exp.EQ(this=value.copy(), expression=node.args["expression"].copy()))
    made = exp.Case(ifs=[exp.If(this=same, true=exp.null())], default=value.copy())
    return typed(made, type_of(value))


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Case: case,
    exp.If: iif,
    exp.Coalesce: coalesce,
    exp.Nullif: nullif,
}
