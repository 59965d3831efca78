"""Arithmetic and comparisons: integer division, text + text, types that meet, blanks at the end, LIKE with []."""

from collections.abc import Callable
from typing import cast

from sqlglot import exp

from mce_sandbox.sql.casts import as_text, convert, meet, rewrite_cast
from mce_sandbox.sql.types import (
    BIT,
    DATE,
    FLOAT,
    INT,
    TEXT,
    UNKNOWN,
    Kind,
    Type,
    call,
    decimal,
    type_of,
    typed,
    widest,
)


def literal(node: exp.Expr) -> exp.Expr:
    """The type of a literal is in its spelling."""
    text = str(node.this)
    if node.args.get("is_string"):
        return typed(node, TEXT)
    if "e" in text.lower():
        return typed(node, FLOAT)
    whole, point, digits = text.partition(".")
    return typed(node, decimal(len(whole) + len(digits), len(digits)) if point else INT)


def add(node: exp.Expr) -> exp.Expr:
    """`+` joins texts, adds days to dates, and adds numbers."""
    left, right = node.args["this"], node.args["expression"]
    one, other = type_of(left), type_of(right)
    if (one.is_text and (other.is_text or other == UNKNOWN)) or (other.is_text and one == UNKNOWN):
        return typed(exp.Paren(this=exp.DPipe(this=as_text(left), expression=as_text(right))), TEXT)
    if one.is_date and other.is_number:
        return call("tsql_plus_days", left, right, type_=DATE)
    if other.is_date and one.is_number:
        return call("tsql_plus_days", right, left, type_=DATE)
    return _arithmetic(node)


def subtract(node: exp.Expr) -> exp.Expr:
    left, right = node.args["this"], node.args["expression"]
    if type_of(left).is_date and type_of(right).is_number:
        return call("tsql_plus_days", left, exp.Neg(this=exp.Paren(this=right)), type_=DATE)
    return _arithmetic(node)


def _arithmetic(node: exp.Expr) -> exp.Expr:
    left, right = meet(node.args["this"], node.args["expression"])
    left, right = _number(left), _number(right)
    node.set("this", left)
    node.set("expression", right)
    return typed(node, _result(node, type_of(left), type_of(right)))


def _number(node: exp.Expr) -> exp.Expr:
    """A BIT counts as a number; two texts that are multiplied are numbers too."""
    if type_of(node) == BIT:
        return convert(node, INT)
    return convert(node, decimal(38, 10)) if type_of(node).is_text else node


def _result(node: exp.Expr, one: Type, other: Type) -> Type:
    wide = widest([one, other])
    if wide.kind is not Kind.DECIMAL:
        return wide
    if isinstance(node, exp.Mul):
        return decimal(one.precision + other.precision + 1, one.scale + other.scale)
    return decimal(wide.precision + 1, wide.scale)


def divide(node: exp.Expr) -> exp.Expr:
    """Whole numbers stay whole; a decimal keeps at least six digits; dividing by zero is an error."""
    left, right = meet(node.args["this"], node.args["expression"])
    left, right = _number(left), _number(right)
    one, other = type_of(left), type_of(right)
    if one.kind is Kind.INT and other.kind is Kind.INT:
        return call("tsql_div_int", left, right, type_=INT)
    quotient = call("tsql_div", left, right, type_=FLOAT)
    if Kind.FLOAT in (one.kind, other.kind) or UNKNOWN in (one, other):
        return quotient
    scale = max(6, one.scale + other.precision + 1)
    return convert(quotient, decimal(one.precision - one.scale + other.scale + scale, scale))


def modulo(node: exp.Expr) -> exp.Expr:
    left, right = meet(node.args["this"], node.args["expression"])
    node.set("this", left)
    node.set("expression", call("tsql_not_zero", right, type_=type_of(right)))
    return typed(node, widest([type_of(left), type_of(right)]))


def compare(node: exp.Expr) -> exp.Expr:
    """Both sides of one type; blanks at the end of a text do not count."""
    left, right = meet(node.args["this"], node.args["expression"])
    node.set("this", padded(left))
    node.set("expression", padded(right))
    return node


def padded(node: exp.Expr) -> exp.Expr:
    """A text without the blanks at its end: 'a' = 'a ' is true in SQL Server."""
    if not type_of(node).is_text:
        return node
    if isinstance(node, exp.Literal):
        return typed(exp.Literal.string(node.name.rstrip(" ")), TEXT)
    return call("tsql_pad", node, type_=TEXT)


def in_list(node: exp.Expr) -> exp.Expr:
    if not node.expressions:
        return node
    this = node.args["this"]
    met = [meet(this, each) for each in node.expressions]
    # One text among numbers makes the column a number for all, as it does in SQL Server.
    node.set("this", padded(met[0][0].copy()))
    node.set("expressions", [padded(other) for _, other in met])
    return node


def between(node: exp.Expr) -> exp.Expr:
    this, low = meet(node.args["this"], node.args["low"])
    _, high = meet(node.args["this"], node.args["high"])
    node.set("this", this.copy())
    node.set("low", low)
    node.set("high", high)
    return node


def like(node: exp.Expr) -> exp.Expr:
    """Without regard to case, and with SQL Server's [a-c] and [^a]."""
    text, pattern = as_text(node.args["this"]), as_text(node.args["expression"])
    if isinstance(pattern, exp.Literal) and "[" not in pattern.name and "\\" not in pattern.name:
        return exp.ILike(this=text, expression=pattern)
    return call("tsql_like", text, pattern, type_=BIT)


def escaped_like(node: exp.Expr) -> exp.Expr:
    """LIKE ... ESCAPE: the escaped sign stands for itself, which brackets say too."""
    inner, sign = node.args["this"], node.args["expression"].name
    arguments = inner.expressions if isinstance(inner, exp.Anonymous) else list(inner.args.values())
    text, pattern = arguments[0], arguments[1]
    if not isinstance(pattern, exp.Literal):
        return node
    changed, signs = "", iter(pattern.name)
    for each in signs:
        changed += f"[{next(signs, '')}]" if each == sign else each
    return call("tsql_like", text.copy(), changed, type_=BIT)


def cast_(node: exp.Expr) -> exp.Expr:
    return rewrite_cast(cast("exp.Cast | exp.Convert", node))


REWRITES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Literal: literal,
    exp.Add: add,
    exp.Sub: subtract,
    exp.Mul: _arithmetic,
    exp.Div: divide,
    exp.Mod: modulo,
    exp.EQ: compare,
    exp.NEQ: compare,
    exp.GT: compare,
    exp.GTE: compare,
    exp.LT: compare,
    exp.LTE: compare,
    exp.In: in_list,
    exp.Between: between,
    exp.Like: like,
    exp.Escape: escaped_like,
    exp.Cast: cast_,
    exp.TryCast: cast_,
    exp.Convert: cast_,
}
