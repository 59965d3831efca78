"""Aggregates and window functions: AVG of whole numbers is whole, SUM keeps its kind."""

from sqlglot import exp

from mce_sandbox.sql.casts import as_text, convert
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.rewrites.blanks import counted_once, window_parts
from mce_sandbox.sql.rewrites.operators import quotient
from mce_sandbox.sql.types import (
    BIT,
    FLOAT,
    INT,
    LONGEST,
    Call,
    Kind,
    Rewrite,
    Type,
    call,
    decimal,
    is_max,
    text,
    together,
    type_of,
    typed,
)

NUMBERS_ONLY = (exp.Sum, exp.Avg)


def same(node: exp.Expr) -> exp.Expr:
    """MIN, MAX, SUM, ABS, LAG ...: the type of the argument."""
    return typed(node, type_of(node.this))


def _check_operand(node: exp.Expr) -> None:
    """No BIT for any of them, only numbers for SUM and AVG."""
    inner = type_of(node.this)
    wrong = inner == BIT or (isinstance(node, NUMBERS_ONLY) and (inner.is_text or inner.is_date))
    if wrong:
        name = "bit" if inner == BIT else inner.name or inner.kind.name.lower()
        name = {"day": "date", "date": "datetime", "text": "varchar"}.get(name, name)
        raise SqlRejected(f"Operand data type {name} is invalid for {node.key} operator.")


def least_or_greatest(node: exp.Expr) -> exp.Expr:
    _check_operand(node)
    return same(node)


def sum_(node: exp.Expr) -> exp.Expr:
    _check_operand(node)
    return typed(node, type_of(node.this)) if isinstance(node.parent, exp.Window) else _sum_as(node, type_of(node.this))


def _sum_as(node: exp.Expr, inner: Type) -> exp.Expr:
    """The sum of whole numbers is one of their own type, and may be too large for it."""
    typed(node, decimal(38, inner.scale) if inner.kind is Kind.DECIMAL else inner)
    return convert(node.copy(), inner) if inner.kind is Kind.INT else node


def average(node: exp.Expr) -> exp.Expr:
    _check_operand(node)
    inner = type_of(node.this)
    if isinstance(node.parent, exp.Window):
        return typed(node, inner)
    if inner.kind is not Kind.DECIMAL:
        return _average_as(node, inner)
    # Cut after its last digit, as every quotient of decimals.
    total, rows = exp.Sum(this=node.this.copy()), exp.Count(this=node.this.copy())
    some = exp.Anonymous(this="nullif", expressions=[rows, exp.convert(0)])
    result = decimal(38, max(inner.scale, 6))
    return quotient(total, some, decimal(38, inner.scale), INT, result)


def window(node: exp.Expr) -> exp.Expr:
    window_parts(node)
    # What makes an average or a sum whole has to go around the window, not into it.
    if isinstance(node.this, exp.Avg):
        return _average_as(node, type_of(node.this))
    if isinstance(node.this, exp.Sum):
        return _sum_as(node, type_of(node.this.this))
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
    holder = inner if isinstance(inner, exp.Order) else node
    source = type_of(holder.this)
    holder.set("this", as_text(holder.this))
    if is_max(source):
        return typed(node, source)
    type_ = together([text(source.name, LONGEST)])
    return call("tsql_aggregated", node.copy(), type_.length or LONGEST, type_=type_)


def whole(node: exp.Expr) -> exp.Expr:
    """FLOOR, CEILING: no digits after the point."""
    inner = type_of(node.this)
    if inner.kind is Kind.INT:
        return typed(node.this.copy(), inner)
    if inner.is_text:
        node.set("this", convert(node.this, FLOAT))
        return typed(node, FLOAT)
    return typed(node, decimal(inner.precision, 0) if inner.kind is Kind.DECIMAL else inner)


def sign(node: exp.Expr) -> exp.Expr:
    inner = type_of(node.this)
    return convert(typed(node.copy(), INT), inner) if inner.kind is Kind.DECIMAL else same(node)


def power(node: exp.Expr) -> exp.Expr:
    """As whole, or with as many digits, as its base; by floating point where that is a text."""
    base, exponent = node.this, node.expression
    inner = type_of(base)
    made = finite(call("pow", convert(base, FLOAT), convert(exponent, FLOAT)))
    if inner.kind is Kind.DECIMAL:
        return convert(made, decimal(38, inner.scale))
    if inner.kind is Kind.INT:
        return convert(made if inner.name == "bigint" else call("tsql_int_power", made, type_=FLOAT), inner)
    return made


def finite(node: exp.Expr) -> exp.Expr:
    """A number by floating point; what is none is an error."""
    return call("tsql_finite", node, type_=FLOAT)


def real(node: exp.Expr) -> exp.Expr:
    """SQRT, LOG10, ACOS ...: of one number, by floating point."""
    node.set("this", convert(node.this, FLOAT))
    return finite(node.copy())


def rounded(node: exp.Expr) -> exp.Expr:
    """ROUND keeps the digits of a decimal, as zeros; a third argument other than 0 cuts instead."""
    inner, cut = type_of(node.this), node.args.get("truncate")
    value = convert(node.this, FLOAT) if inner.is_text else node.this
    name = "trunc" if cut is not None and cut.name != "0" else "round"
    made = call(name, value, convert(node.args.get("decimals") or exp.convert(0), INT), type_=FLOAT)
    return convert(made, inner) if inner.kind in (Kind.DECIMAL, Kind.INT) else made


def aggregate(name: str) -> Call:
    """VAR, VARP, STDEVP by DuckDB's names."""
    return lambda arguments: call(name, arguments[0], type_=FLOAT)


def logarithm(arguments: list[exp.Expr]) -> exp.Expr:
    """LOG(x) is the natural one; the base comes second."""
    made = call("ln", convert(arguments[0], FLOAT))
    if len(arguments) > 1:
        made = exp.Div(this=made, expression=call("ln", convert(arguments[1], FLOAT)))
    return finite(made)


def logarithm_of_ten(node: exp.Expr) -> exp.Expr:
    return finite(call("log10", convert(node.expression or node.this, FLOAT)))


def counted(node: exp.Expr) -> exp.Expr:
    return counted_once(node, INT)


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Sum: sum_,
    exp.Avg: average,
    exp.Min: least_or_greatest,
    exp.Max: least_or_greatest,
    exp.Abs: same,
    exp.Lag: same,
    exp.Lead: same,
    exp.FirstValue: same,
    exp.LastValue: same,
    exp.Sign: sign,
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
    exp.Pow: power,
    exp.Sqrt: real,
    exp.Acos: real,
    exp.Asin: real,
    exp.Stddev: lambda node: typed(node, FLOAT),
    exp.PercentRank: lambda node: typed(node, FLOAT),
    exp.CumeDist: lambda node: typed(node, FLOAT),
    exp.Grouping: counted,
    exp.GroupingId: lambda node: typed(node, INT),
    exp.Exp: real,
    exp.Log: logarithm_of_ten,
    exp.Pi: lambda node: typed(node, FLOAT),
}
CALLS: dict[str, Call] = {
    "LOG": logarithm,
    "RAND": lambda arguments: call("random", type_=FLOAT),
    "STDEVP": aggregate("stddev_pop"),
    "VAR": aggregate("var_samp"),
    "VARP": aggregate("var_pop"),
}
