"""Aggregates and window functions: AVG of whole numbers is whole, SUM keeps its kind."""

from collections.abc import Callable

from sqlglot import exp

from mce_sandbox.sql.casts import as_text, convert
from mce_sandbox.sql.types import FLOAT, INT, TEXT, Kind, Type, call, decimal, type_of, typed

Rewrite = Callable[[exp.Expr], exp.Expr]


def same(node: exp.Expr) -> exp.Expr:
    """MIN, MAX, SUM, ABS, LAG ...: the type of the argument."""
    return typed(node, type_of(node.this))


def sum_(node: exp.Expr) -> exp.Expr:
    inner = type_of(node.this)
    return typed(node, decimal(38, inner.scale) if inner.kind is Kind.DECIMAL else inner)


def average(node: exp.Expr) -> exp.Expr:
    inner = type_of(node.this)
    if isinstance(node.parent, exp.Window):
        return typed(node, inner)
    return _average_as(node, inner)


def window(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, exp.Avg):
        # What makes the average whole has to go around the window, not into it.
        return _average_as(node, type_of(node.this))
    return typed(node, type_of(node.this))


def _average_as(node: exp.Expr, inner: Type) -> exp.Expr:
    typed(node, FLOAT)
    # A copy, since the node is to be replaced by what holds it.
    if inner.kind in (Kind.INT, Kind.BIT):
        return convert(node.copy(), INT)
    if inner.kind is Kind.DECIMAL:
        return convert(node.copy(), decimal(38, max(inner.scale, 6)))
    return node


def string_agg(node: exp.Expr) -> exp.Expr:
    inner = node.this
    if isinstance(inner, exp.Order):
        inner.set("this", as_text(inner.this))
    else:
        node.set("this", as_text(inner))
    return typed(node, TEXT)


def whole(node: exp.Expr) -> exp.Expr:
    """FLOOR, CEILING: no digits after the point."""
    inner = type_of(node.this)
    return typed(node, decimal(inner.precision, 0) if inner.kind is Kind.DECIMAL else inner)


def rounded(node: exp.Expr) -> exp.Expr:
    """ROUND; a third argument other than 0 cuts instead."""
    inner, cut = type_of(node.this), node.args.get("truncate")
    if cut is not None and cut.name != "0":
        return call("trunc", node.this, node.args.get("decimals") or 0, type_=inner)
    node.set("truncate", None)
    return typed(node, inner)


def counted(node: exp.Expr) -> exp.Expr:
    return typed(node, INT)


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Sum: sum_,
    exp.Avg: average,
    exp.Min: same,
    exp.Max: same,
    exp.Abs: same,
    exp.Lag: same,
    exp.Lead: same,
    exp.FirstValue: same,
    exp.LastValue: same,
    exp.Sign: same,
    exp.Count: counted,
    exp.RowNumber: counted,
    exp.Rank: counted,
    exp.DenseRank: counted,
    exp.Ntile: counted,
    exp.Window: window,
    exp.GroupConcat: string_agg,
    exp.Floor: whole,
    exp.Ceil: whole,
    exp.Round: rounded,
    exp.Pow: lambda node: typed(node, FLOAT),
    exp.Sqrt: lambda node: typed(node, FLOAT),
    exp.Stddev: lambda node: typed(node, FLOAT),
}
