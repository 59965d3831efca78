"""T-SQL's types, as far as they change what an expression means. Each node of a tree carries its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from sqlglot import exp

from mce_sandbox.objects.fields import TEXTS, Field

# What is made of a node, and of the arguments of a function that is called by name.
Rewrite = Callable[[exp.Expr], exp.Expr]
Call = Callable[[list[exp.Expr]], exp.Expr]


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
    """A kind; for decimals its precision and scale.

    `name` is T-SQL's, where several share a kind; `length` is a text's, None without end. Neither counts for `==`.
    """

    kind: Kind
    precision: int = 38
    scale: int = 6
    name: str = field(default="", compare=False)
    length: int | None = field(default=None, compare=False)

    @property
    def is_text(self) -> bool:
        return self.kind is Kind.TEXT

    @property
    def is_date(self) -> bool:
        return self.kind in DATES

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    @property
    def is_wide(self) -> bool:
        """NVARCHAR or NCHAR: two bytes a character."""
        return self.name.startswith("n")


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


def text(name: str, length: int | None) -> Type:
    return Type(Kind.TEXT, name=name, length=length)


# Where a text ends that SQL Server puts together, in characters; a VARCHAR(MAX) goes on to two gigabytes there.
LONGEST, LONGEST_WIDE, LONGEST_MAX = 8_000, 4_000, 1_000_000


def together(types: list[Type]) -> Type:
    """The type of a text that is put together of these."""
    is_wide = any(each.is_wide for each in types)
    name = "nvarchar" if is_wide else "varchar"
    if any(is_max(each) for each in types):
        return text(name, None)
    most = LONGEST_WIDE if is_wide else LONGEST
    return text(name, min(most, sum(most if each.length is None else each.length for each in types)))


def is_max(type_: Type) -> bool:
    return type_.is_text and bool(type_.name) and type_.length is None


def cut_off(node: exp.Expr, types: list[Type]) -> exp.Expr:
    """A text put together of these types, ended where its own type ends. It is cut without a word."""
    type_ = together(types)
    lengths = [each.length for each in types if each.length is not None]
    if type_.length is not None and len(lengths) == len(types) and sum(lengths) <= type_.length:
        return typed(node, type_)
    return call("left", node, LONGEST_MAX if type_.length is None else type_.length, type_=type_)


def of_field(field: Field) -> Type:
    if field.type in TEXTS:
        return text("nvarchar", field.max_length)
    if field.type == "Decimal":
        return decimal(field.max_length or 18, field.scale or 0)
    return {"Number": INT, "Date": DATE, "Boolean": BIT}[field.type]


MONEY = Type(Kind.DECIMAL, 19, 4, name="money")
# Without a length in a CAST.
DEFAULT_LENGTH = 30
_NAMED = {
    "BIT": BIT, "DATE": DAY, "FLOAT": FLOAT, "DOUBLE": FLOAT, "REAL": FLOAT, "MONEY": MONEY, "SMALLMONEY": MONEY,
    "TINYINT": Type(Kind.INT, 3, 0, name="tinyint"), "UTINYINT": Type(Kind.INT, 3, 0, name="tinyint"),
    "SMALLINT": Type(Kind.INT, 5, 0, name="smallint"), "INT": INT, "BIGINT": Type(Kind.INT, 19, 0, name="bigint"),
    "DATETIME": DATE, "SMALLDATETIME": Type(Kind.DATE, name="smalldatetime"),
    "UUID": Type(Kind.TEXT, name="uniqueidentifier", length=36),
}  # fmt: skip
_TEXTS = {"CHAR": "char", "NCHAR": "nchar", "VARCHAR": "varchar", "NVARCHAR": "nvarchar", "TEXT": "varchar"}
_MOMENTS = {"DATETIME2": "datetime2", "TIME": "time", "TIMESTAMPTZ": "datetimeoffset"}


def of_data_type(data_type: exp.DataType) -> Type:
    """The type a CAST names."""
    word = data_type.this.value if isinstance(data_type.this, exp.DataType.Type) else str(data_type.this)
    sizes = [parameter.name for parameter in data_type.expressions]
    if word in _TEXTS:
        endless = word == "TEXT" or (bool(sizes) and not sizes[0].isdecimal())
        return text(_TEXTS[word], None if endless else int(sizes[0]) if sizes else DEFAULT_LENGTH)
    if not all(size.isdecimal() for size in sizes):
        return UNKNOWN
    if word in ("DECIMAL", "BIGDECIMAL"):
        return decimal(int(sizes[0]) if sizes else 18, int(sizes[1]) if len(sizes) > 1 else 0)
    if word in _MOMENTS:
        return Type(Kind.DATE, scale=int(sizes[0]) if sizes else 7, name=_MOMENTS[word])
    return _NAMED.get(word, UNKNOWN)


def widest(types: list[Type]) -> Type:
    """What several branches come to."""
    best = max(types, key=lambda each: each.kind.value, default=UNKNOWN)
    if best.kind is Kind.DECIMAL:
        decimals = [each for each in types if each.kind in (Kind.DECIMAL, Kind.INT)]
        scale = max(each.scale for each in decimals)
        whole = max(each.precision - each.scale for each in decimals)
        return decimal(whole + scale, scale)
    if best.kind is Kind.TEXT:
        texts = [each for each in types if each.is_text]
        lengths = [each.length for each in texts if each.length is not None]
        wide = any(each.is_wide for each in texts)
        return text("nvarchar" if wide else "varchar", max(lengths) if len(lengths) == len(texts) else None)
    return best
