"""Arithmetic and comparisons: integer division, text + text, types that meet, blanks at the end."""

from math import isfinite
from typing import cast

from sqlglot import exp

from mce_sandbox.sql.casts import as_text, convert, meet, rewrite_cast
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.types import (
    BIT,
    DATE,
    FLOAT,
    INT,
    TEXT,
    UNKNOWN,
    Kind,
    Rewrite,
    Type,
    call,
    cut_off,
    decimal,
    type_of,
    typed,
    widest,
)
from mce_sandbox.sql.types import text as varchar

MOST_DIGITS, SUM_DIGITS = 38, 20
LARGEST_INT = 2_147_483_647


def literal(node: exp.Expr) -> exp.Expr:
    """The type of a literal is in its spelling."""
    text = str(node.this)
    if node.args.get("is_string"):
        return typed(node, varchar("varchar", max(1, len(text))))
    if "e" in text.lower():
        if not isfinite(float(text)):
            raise SqlRejected(
                f"The floating point value '{text}' is out of the range of computer representation (8 bytes)."
            )
        return typed(node, FLOAT)
    whole, point, digits = text.partition(".")
    # A whole number that no INT can hold is a decimal; there is no BIGINT that one could write down.
    is_int = not point and int(whole) <= LARGEST_INT
    return typed(node, INT if is_int else decimal(len(whole) + len(digits), len(digits)))


def add(node: exp.Expr) -> exp.Expr:
    """`+` joins texts, adds days to dates, and adds numbers."""
    left, right = _moments(node.args["this"], node.args["expression"])
    one, other = type_of(left), type_of(right)
    if (one.is_text and (other.is_text or other == UNKNOWN)) or (other.is_text and one == UNKNOWN):
        return cut_off(exp.Paren(this=exp.DPipe(this=as_text(left), expression=as_text(right))), [one, other])
    if one.is_date and other.is_number:
        return call("tsql_plus_days", left, right, type_=DATE)
    if other.is_date and one.is_number:
        return call("tsql_plus_days", right, left, type_=DATE)
    if one.is_date and other.is_date:
        return call("tsql_plus_days", left, call("tsql_exact_days", right), type_=DATE)
    return _arithmetic(node)


def _moments(left: exp.Expr, right: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """A text beside a date is one, too."""
    if type_of(left).is_date and type_of(right).is_text:
        return left, convert(right, DATE)
    if type_of(right).is_date and type_of(left).is_text:
        return convert(left, DATE), right
    return left, right


def subtract(node: exp.Expr) -> exp.Expr:
    left, right = _moments(node.args["this"], node.args["expression"])
    if type_of(left).is_date and type_of(right).is_number:
        return call("tsql_plus_days", left, exp.Neg(this=exp.Paren(this=right)), type_=DATE)
    if type_of(left).is_date and type_of(right).is_date:
        return call("tsql_between", left, right, type_=DATE)
    return _arithmetic(node)


def _numbers(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """What is calculated with: a text becomes what the number beside it is."""
    left, right = node.args["this"], node.args["expression"]
    if type_of(left).is_text and type_of(right).is_number:
        left = convert(left, INT if type_of(right) == BIT else type_of(right))
    elif type_of(right).is_text and type_of(left).is_number:
        right = convert(right, INT if type_of(left) == BIT else type_of(left))
    return _number(left), _number(right)


def _arithmetic(node: exp.Expr) -> exp.Expr:
    left, right = _numbers(node)
    node.set("this", left)
    node.set("expression", right)
    return typed(node, _result(node, _measured(left), _measured(right)))


def _measured(node: exp.Expr) -> Type:
    """A whole number that is written down is as wide as its digits, once it meets a decimal."""
    inner = node.this if isinstance(node, exp.Neg) else node
    type_ = type_of(node)
    if isinstance(inner, exp.Literal) and type_.kind is Kind.INT:
        return Type(Kind.INT, len(inner.name), 0)
    return type_


def _number(node: exp.Expr) -> exp.Expr:
    """A BIT counts as a number; two texts that are multiplied are numbers too."""
    if type_of(node) == BIT:
        return convert(node, INT)
    return convert(node, decimal(38, 10)) if type_of(node).is_text else node


def _result(node: exp.Expr, one: Type, other: Type) -> Type:
    wide = widest([one, other])
    if wide.kind is not Kind.DECIMAL:
        return INT if wide.kind is Kind.INT and not wide.name else wide
    if isinstance(node, exp.Mul):
        return decimal(one.precision + other.precision + 1, one.scale + other.scale)
    return decimal(wide.precision + 1, wide.scale)


def divide(node: exp.Expr) -> exp.Expr:
    """Whole numbers stay whole; a decimal keeps at least six digits; dividing by zero is an error."""
    left, right = _numbers(node)
    one, other = _measured(left), _measured(right)
    if one.kind is Kind.INT and other.kind is Kind.INT:
        return call("tsql_div_int", left, right, type_=INT)
    if Kind.FLOAT in (one.kind, other.kind) or UNKNOWN in (one, other):
        return call("tsql_div", left, right, type_=FLOAT)
    scale = max(6, one.scale + other.precision + 1)
    return quotient(left, right, one, other, decimal(one.precision - one.scale + other.scale + scale, scale))


def quotient(left: exp.Expr, right: exp.Expr, one: Type, other: Type, result: Type) -> exp.Expr:
    """Two decimals divided; by floating point where whole numbers of 38 digits do not reach."""
    places = result.scale - one.scale + other.scale
    # A sum is 38 digits wide by its type only.
    digits = SUM_DIGITS if one.precision == MOST_DIGITS else one.precision
    if places < 0 or digits + places > MOST_DIGITS:
        return convert(call("tsql_div", left, right, type_=FLOAT), result)
    exact = call("tsql_div_exact", left, right, str(10**places), result.scale)
    return typed(exp.cast(exact, exp.DataType.build(f"DECIMAL({result.precision},{result.scale})")), result)


def modulo(node: exp.Expr) -> exp.Expr:
    left, right = _numbers(node)
    node.set("this", left)
    node.set("expression", call("tsql_not_zero", right, type_=type_of(right)))
    return typed(node, widest([type_of(left), type_of(right)]))


def bitwise(node: exp.Expr) -> exp.Expr:
    """&, |, ^: of whole numbers, and whole."""
    left, right = _numbers(node)
    node.set("this", left)
    node.set("expression", right)
    return typed(node, widest([type_of(left), type_of(right)]))


def bitwise_not(node: exp.Expr) -> exp.Expr:
    return typed(node, type_of(node.this))


def compare(node: exp.Expr) -> exp.Expr:
    """Both sides of one type; blanks at the end of a text do not count."""
    left, right = meet(node.args["this"], node.args["expression"])
    node.set("this", padded(_collated_as(right, left)))
    node.set("expression", padded(_collated_as(left, right)))
    return node


def _collated_as(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """The other text with the collation that is written at this one: it holds for both."""
    if not isinstance(one, exp.Collate) or isinstance(other, exp.Collate):
        return other
    return typed(exp.Collate(this=other, expression=one.expression.copy()), type_of(other))


def padded(node: exp.Expr) -> exp.Expr:
    """A text without the blanks at its end: 'a' = 'a ' is true in SQL Server."""
    if not type_of(node).is_text:
        return node
    if isinstance(node, exp.Literal):
        return typed(exp.Literal.string(node.name.rstrip(" ")), TEXT)
    return call("tsql_pad", node, type_=TEXT)


def between(node: exp.Expr) -> exp.Expr:
    this, low = meet(node.args["this"], node.args["low"])
    _, high = meet(node.args["this"], node.args["high"])
    node.set("this", padded(this.copy()))
    node.set("low", padded(low))
    node.set("high", padded(high))
    return node


def cast_(node: exp.Expr) -> exp.Expr:
    return rewrite_cast(cast("exp.Cast | exp.Convert", node))


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Literal: literal,
    exp.Add: add,
    exp.Sub: subtract,
    exp.Mul: _arithmetic,
    exp.Div: divide,
    exp.Mod: modulo,
    exp.BitwiseAnd: bitwise,
    exp.BitwiseOr: bitwise,
    exp.BitwiseXor: bitwise,
    exp.BitwiseNot: bitwise_not,
    exp.EQ: compare,
    exp.NEQ: compare,
    exp.GT: compare,
    exp.GTE: compare,
    exp.LT: compare,
    exp.LTE: compare,
    exp.Between: between,
    exp.Cast: cast_,
    exp.TryCast: cast_,
    exp.Convert: cast_,
}
