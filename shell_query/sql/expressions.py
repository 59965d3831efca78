"""The type of an expression. Asks its reader what a column or a query inside it gives."""

import re
from collections.abc import Callable
from typing import Protocol

from sqlglot import exp

from shell_query.sql.functions import Argument, cast_to, result_of
from shell_query.sql.types import (
    DATE,
    FLOAT,
    INT_DIGITS,
    NULL,
    NUMBER,
    UNKNOWN,
    FieldType,
    ValueType,
    add,
    as_text,
    decimal,
    divide,
    multiply,
    text,
    widest,
)

LARGEST_INT = 2_147_483_647
LONGEST_INT = 19
_NAMED_TYPE = re.compile(r"(?P<name>\w+)\s*(?:\((?P<sizes>[^()]*)\))?")


class Reader(Protocol):
    def column_type(self, column: exp.Column) -> ValueType: ...

    def query_type(self, query: exp.Query) -> ValueType: ...


def type_of(node: exp.Expr, reader: Reader) -> ValueType:
    rule = _RULES.get(type(node))
    if rule is not None:
        return rule(node, reader)
    if isinstance(node, exp.Query):
        return reader.query_type(node)
    if isinstance(node, _ARITHMETIC):
        return _arithmetic(node, reader)
    return UNKNOWN


def constant_of(node: exp.Expr) -> str | int | None:
    """The value of a literal; None for all that has to be computed."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.National) or (isinstance(node, exp.Literal) and node.is_string):
        return str(node.this)
    if isinstance(node, exp.Literal) and str(node.this).isdecimal():
        return whole_number(str(node.this))
    return None


def whole_number(digits: str) -> int:
    """Python reads 4,300 digits at most. Past those of the longest BIGINT a number is only large."""
    return int(digits) if len(digits) <= LONGEST_INT else 10**LONGEST_INT


def characters(value: str) -> int:
    """As SQL Server counts them: an emoji is two."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


# Bits, remainders and differences of whole numbers stay whole.
_WHOLE = (exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseLeftShift, exp.BitwiseRightShift)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, *_WHOLE)


def _arithmetic(node: exp.Expr, reader: Reader) -> ValueType:
    """A chain like a + b + c leans to the left: it is walked in a loop, since it can have thousands of links."""
    links: list[exp.Expr] = []
    while isinstance(node, _ARITHMETIC):
        links.append(node)
        node = node.this
    result = type_of(node, reader)
    for link in reversed(links):
        result = _combined(type(link), result, type_of(link.args["expression"], reader))
    return result


def _combined(operator: type[exp.Expr], left: ValueType, right: ValueType) -> ValueType:
    if left.is_null or right.is_null:
        left, right = (right, right) if left.is_null else (left, left)
        if left.is_null:
            return NULL
    if FieldType.DATE in (left.type, right.type):
        return DATE
    if left.is_text and right.is_text:
        if operator is exp.Add:
            return text((as_text(left).length or 0) + (as_text(right).length or 0))
        return UNKNOWN
    # Beside a number SQL Server reads a text as a number of the same kind.
    left, right = (right, right) if left.is_text else (left, left if right.is_text else right)
    if FieldType.DECIMAL not in (left.type, right.type) or operator in _WHOLE:
        return NUMBER
    if operator is exp.Mul:
        return multiply(left, right)
    if operator in (exp.Div, exp.IntDiv):
        return divide(left, right)
    if operator is exp.Mod:
        return widest((left, right))
    return add(left, right)


def _literal(node: exp.Expr, _: Reader) -> ValueType:
    value = str(node.this)
    if isinstance(node, exp.National) or node.args.get("is_string"):
        return text(characters(value))
    if value.isdecimal():
        return NUMBER if whole_number(value) <= LARGEST_INT else decimal(len(value), 0)
    whole, _point, after = value.partition(".")
    if (whole + after).isdecimal():
        return decimal(len(whole) + len(after), len(after))
    return FLOAT


def _cast(node: exp.Expr, _: Reader) -> ValueType:
    return _data_type(node.args["to"])


def _convert(node: exp.Expr, _: Reader) -> ValueType:
    return _data_type(node.this)


def _data_type(kind: exp.Expr) -> ValueType:
    if not isinstance(kind, exp.DataType):
        return UNKNOWN
    name = kind.this.value if isinstance(kind.this, exp.DType) else str(kind.this)
    sizes = [constant_of(size.this) if isinstance(size, exp.DataTypeParam) else None for size in kind.expressions]
    return cast_to(name.upper(), [size if isinstance(size, int) else None for size in sizes])


def _call(node: exp.Expr, reader: Reader) -> ValueType:
    name = node.this if isinstance(node.this, str) else node.name
    return result_of(name, [_argument(argument, reader) for argument in node.expressions])


def _method(node: exp.Expr, _: Reader) -> ValueType:
    """.value('.', 'NVARCHAR(MAX)') of XML names its type; of another method nothing is known."""
    call = node.args["expression"]
    wanted = constant_of(call.expressions[-1]) if isinstance(call, exp.Anonymous) and call.expressions else None
    named = _NAMED_TYPE.fullmatch(str(wanted).strip()) if str(call.name).lower() == "value" else None
    if named is None:
        return UNKNOWN
    sizes = [size.strip() for size in (named["sizes"] or "").split(",") if size.strip()]
    return cast_to(named["name"].upper(), [whole_number(size) if size.isdecimal() else None for size in sizes])


def _argument(node: exp.Expr, reader: Reader) -> Argument:
    while isinstance(node, exp.Distinct) and node.expressions:
        node = node.expressions[0]
    return Argument(type_of(node, reader), constant_of(node))


def _case(node: exp.Expr, reader: Reader) -> ValueType:
    branches = [branch.args["true"] for branch in node.args["ifs"]]
    if node.args.get("default"):
        branches.append(node.args["default"])
    return widest([type_of(branch, reader) for branch in branches])


def _trim(node: exp.Expr, reader: Reader) -> ValueType:
    return as_text(type_of(node.this, reader))


def _inner(node: exp.Expr, reader: Reader) -> ValueType:
    return type_of(node.this, reader)


def _negative(node: exp.Expr, reader: Reader) -> ValueType:
    """-2147483648 is still a Number, though the parser sees a minus before a literal one too large."""
    value = type_of(node.this, reader)
    if constant_of(node.this) == LARGEST_INT + 1 and value == decimal(INT_DIGITS, 0):
        return NUMBER
    return NUMBER if value.is_text else value


def _column(node: exp.Expr, reader: Reader) -> ValueType:
    assert isinstance(node, exp.Column)
    return reader.column_type(node)


_RULES: dict[type[exp.Expr], Callable[[exp.Expr, Reader], ValueType]] = {
    exp.Alias: _inner,
    exp.Anonymous: _call,
    exp.AtTimeZone: lambda node, reader: DATE,
    exp.BitwiseNot: lambda node, reader: NUMBER,
    exp.Case: _case,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Collate: _inner,
    exp.Column: _column,
    exp.Convert: _convert,
    exp.Dot: _method,
    exp.CurrentTimestamp: lambda node, reader: DATE,
    exp.CurrentDate: lambda node, reader: DATE,
    exp.IgnoreNulls: _inner,
    exp.RespectNulls: _inner,
    exp.Literal: _literal,
    exp.National: _literal,
    exp.Neg: _negative,
    exp.Null: lambda node, reader: NULL,
    exp.Paren: _inner,
    exp.Trim: _trim,
    exp.Window: _inner,
    exp.WithinGroup: _inner,
}
