"""Marketing Cloud's field types, and how T-SQL combines them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

TEXT_MAX = 4000
DECIMAL_MAX_PRECISION = 29
DECIMAL_MAX_SCALE = 8
INT_DIGITS = 10


class FieldType(StrEnum):
    TEXT = "Text"
    NUMBER = "Number"
    DATE = "Date"
    BOOLEAN = "Boolean"
    EMAIL_ADDRESS = "EmailAddress"
    PHONE = "Phone"
    DECIMAL = "Decimal"
    LOCALE = "Locale"


_TEXT_LIKE = {FieldType.TEXT, FieldType.EMAIL_ADDRESS, FieldType.PHONE, FieldType.LOCALE}
_LONGEST = {
    FieldType.TEXT: TEXT_MAX,
    FieldType.EMAIL_ADDRESS: 254,
    FieldType.PHONE: 50,
    FieldType.LOCALE: 5,
}


@dataclass(frozen=True)
class Field:
    """A column of a data extension. `length` is the most characters of a text and the precision of a Decimal;
    `scale` the digits after a Decimal's point; both None for the other types."""

    name: str
    type: FieldType
    length: int | None = None
    scale: int | None = None
    nullable: bool = True


@dataclass(frozen=True)
class TableSchema:
    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ValueType:
    """The type of an expression: a field's type without a name. `is_null` marks the bare NULL, which fits any."""

    type: FieldType
    length: int | None = None
    scale: int | None = None
    is_null: bool = False

    @property
    def is_text(self) -> bool:
        return self.type in _TEXT_LIKE

    def field(self, name: str) -> Field:
        return Field(name, self.type, self.length, self.scale, nullable=True)


def text(length: int) -> ValueType:
    return ValueType(FieldType.TEXT, max(1, min(length, TEXT_MAX)))


def decimal(precision: int, scale: int) -> ValueType:
    """A Decimal within what a data extension holds. The scale is kept before the whole digits: SQL Server's own rules
    for sums and products ask for far more whole digits than any value has, and cutting the scale would round money."""
    return ValueType(
        FieldType.DECIMAL, max(1, min(precision, DECIMAL_MAX_PRECISION)), max(0, min(scale, DECIMAL_MAX_SCALE))
    )


NUMBER = ValueType(FieldType.NUMBER)
DATE = ValueType(FieldType.DATE)
BOOLEAN = ValueType(FieldType.BOOLEAN)
FLOAT = decimal(DECIMAL_MAX_PRECISION, DECIMAL_MAX_SCALE)
BIG_INTEGER = decimal(19, 0)
"""64 bits. A Number is 32: a longer value would cost its row."""
UNKNOWN = text(254)
NULL = ValueType(FieldType.TEXT, 254, is_null=True)


def of_field(field: Field) -> ValueType:
    """The type of a column read from a table; a length that is not given is the longest that the type allows."""
    if field.type in _TEXT_LIKE:
        return ValueType(field.type, min(field.length or TEXT_MAX, _LONGEST[field.type]))
    if field.type is FieldType.DECIMAL:
        if not field.length:
            return FLOAT
        return decimal(field.length, field.scale or 0)
    return ValueType(field.type)


def as_text(value: ValueType) -> ValueType:
    """The value written out, as CONCAT does."""
    if value.is_text:
        return text(value.length or TEXT_MAX)
    if value.type is FieldType.DECIMAL:
        return text((value.length or DECIMAL_MAX_PRECISION) + 3)  # sign, leading zero, point
    return text({FieldType.NUMBER: 11, FieldType.DATE: 34, FieldType.BOOLEAN: 5}[value.type])


def whole_and_scale(value: ValueType) -> tuple[int, int]:
    """Digits before and after the point of a number."""
    if value.type is FieldType.DECIMAL:
        scale = value.scale or 0
        return (value.length or DECIMAL_MAX_PRECISION) - scale, scale
    return INT_DIGITS, 0


def widest(values: Iterable[ValueType]) -> ValueType:
    """One type that holds each of these: the branches of CASE or UNION, the arguments of COALESCE."""
    known = [value for value in values if not value.is_null]
    if not known:
        return NULL
    first = known[0]
    if all(value == first for value in known):
        return first
    types = {value.type for value in known}
    # SQL Server turns texts beside a date into dates, and a date in a text column would lose its form.
    if FieldType.DATE in types:
        return DATE
    # Beside a number it turns texts into numbers, or fails. A text column holds both without a loss.
    if types & _TEXT_LIKE:
        return text(max(as_text(value).length or TEXT_MAX for value in known))
    if FieldType.DECIMAL in types:
        digits = [whole_and_scale(value) for value in known]
        scale = max(after for _, after in digits)
        return decimal(max(before for before, _ in digits) + scale, scale)
    return NUMBER if FieldType.NUMBER in types else BOOLEAN


def add(left: ValueType, right: ValueType) -> ValueType:
    """The type of a sum or difference of two numbers."""
    (left_whole, left_scale), (right_whole, right_scale) = whole_and_scale(left), whole_and_scale(right)
    scale = max(left_scale, right_scale)
    return decimal(max(left_whole, right_whole) + scale + 1, scale)


def multiply(left: ValueType, right: ValueType) -> ValueType:
    (left_whole, left_scale), (right_whole, right_scale) = whole_and_scale(left), whole_and_scale(right)
    return decimal(left_whole + right_whole + left_scale + right_scale + 1, left_scale + right_scale)


def divide(left: ValueType, right: ValueType) -> ValueType:
    (left_whole, left_scale), (right_whole, right_scale) = whole_and_scale(left), whole_and_scale(right)
    scale = max(6, left_scale + right_whole + right_scale + 1)
    return decimal(left_whole + right_scale + scale, scale)
