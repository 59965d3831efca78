"""T-SQL's types, as far as they change what an expression means. Each node of a tree carries its own."""

from dataclasses import dataclass
from enum import Enum

from sqlglot import exp

from mce_sandbox.objects.fields import TEXTS, Field


class Kind(Enum):
    """In T-SQL's order of precedence, lowest first: where two meet, the lower is converted to the higher."""

    UNKNOWN = 0
    TEXT = 1
    BIT = 2
    INT = 3
    DECIMAL = 4
    FLOAT = 5
    DAY = 6  # DATE: no time of day
    DATE = 7  # DATETIME


NUMBERS = frozenset({Kind.BIT, Kind.INT, Kind.DECIMAL, Kind.FLOAT})
DATES = frozenset({Kind.DAY, Kind.DATE})


@dataclass(frozen=True, slots=True)
class Type:
    """A kind; for decimals its precision and scale."""

    kind: Kind
    precision: int = 38
    scale: int = 6

    @property
    def is_text(self) -> bool:
        return self.kind is Kind.TEXT

    @property
    def is_date(self) -> bool:
        return self.kind in DATES

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


UNKNOWN, TEXT, BIT = Type(Kind.UNKNOWN), Type(Kind.TEXT), Type(Kind.BIT)
INT, FLOAT = Type(Kind.INT, 10, 0), Type(Kind.FLOAT)
DAY, DATE = Type(Kind.DAY), Type(Kind.DATE)


def decimal(precision: int, scale: int) -> Type:
    """A decimal that fits: digits after the point give way first, down to six."""
    if precision > 38:
        scale = min(scale, max(6, scale - (precision - 38)))
        precision = 38
    return Type(Kind.DECIMAL, precision, scale)


def type_of(node: exp.Expr | None) -> Type:
    found = node.meta.get("tsql") if node is not None else None
    return found if isinstance(found, Type) else UNKNOWN


def typed(node: exp.Expr, type_: Type) -> exp.Expr:
    node.meta["tsql"] = type_
    return node


def call(name: str, *arguments: exp.Expr | str | int, type_: Type = UNKNOWN) -> exp.Expr:
    """A call of one of our macros, or of a function of DuckDB's."""
    nodes = [each if isinstance(each, exp.Expr) else exp.convert(each) for each in arguments]
    return typed(exp.Anonymous(this=name, expressions=nodes), type_)


def of_field(field: Field) -> Type:
    if field.type in TEXTS:
        return TEXT
    if field.type == "Decimal":
        return decimal(field.max_length or 18, field.scale or 0)
    return {"Number": INT, "Date": DATE, "Boolean": BIT}[field.type]


def of_data_type(data_type: exp.DataType) -> Type:
    """The type a CAST names."""
    kinds = exp.DataType.Type
    if data_type.is_type(*exp.DataType.TEXT_TYPES):
        return TEXT
    if data_type.is_type(kinds.DECIMAL, kinds.BIGDECIMAL):
        sizes = [int(parameter.name) for parameter in data_type.expressions]
        return decimal(sizes[0] if sizes else 18, sizes[1] if len(sizes) > 1 else 0)
    if data_type.is_type(kinds.MONEY, kinds.SMALLMONEY):
        return decimal(19, 4)
    if data_type.is_type(kinds.BIT, kinds.BOOLEAN):
        return BIT
    if data_type.is_type(*exp.DataType.INTEGER_TYPES):
        return INT
    if data_type.is_type(*exp.DataType.FLOAT_TYPES):
        return FLOAT
    if data_type.is_type(kinds.DATE):
        return DAY
    if data_type.is_type(*exp.DataType.TEMPORAL_TYPES):
        return DATE
    return UNKNOWN


def widest(types: list[Type]) -> Type:
    """What several branches come to."""
    best = max(types, key=lambda each: each.kind.value, default=UNKNOWN)
    if best.kind is Kind.DECIMAL:
        decimals = [each for each in types if each.kind in (Kind.DECIMAL, Kind.INT)]
        scale = max(each.scale for each in decimals)
        whole = max(each.precision - each.scale for each in decimals)
        return decimal(whole + scale, scale)
    return best
