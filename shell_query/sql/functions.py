"""What each T-SQL function gives. One line a function; a function that is not here gives Text(254)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shell_query.sql.types import (
    BIG_INTEGER,
    BOOLEAN,
    DATE,
    DECIMAL_MAX_PRECISION,
    FLOAT,
    NUMBER,
    TEXT_MAX,
    UNKNOWN,
    FieldType,
    ValueType,
    as_text,
    decimal,
    text,
    whole_and_scale,
    widest,
)


@dataclass(frozen=True)
class Argument:
    """An argument's type, and its value where it is a plain constant."""

    type: ValueType
    constant: str | int | None = None

    @property
    def length(self) -> int:
        """How many characters it has as a text."""
        return as_text(self.type).length or TEXT_MAX


Rule = Callable[[Sequence[Argument]], ValueType]


def result_of(name: str, arguments: Sequence[Argument]) -> ValueType:
    """The type that the function gives; Text(254) where it is not known, or is called with too few arguments."""
    rule = FUNCTIONS.get(name.upper())
    if rule is None:
        return UNKNOWN
    try:
        return rule(arguments)
    except IndexError:
        return UNKNOWN


def _always(value: ValueType) -> Rule:
    return lambda _: value


def _as_argument(position: int) -> Rule:
    return lambda arguments: arguments[position].type


def _text_of(position: int) -> Rule:
    """As long as that argument: UPPER, LTRIM, ..."""
    return lambda arguments: as_text(arguments[position].type)


def _at_most(count: int) -> Rule:
    """As long as the first argument, cut to the number in another: LEFT(x, 3)."""

    def rule(arguments: Sequence[Argument]) -> ValueType:
        longest, wanted = arguments[0].length, arguments[count].constant
        return text(min(longest, wanted) if isinstance(wanted, int) else longest)

    return rule


def _times(count: int) -> Rule:
    def rule(arguments: Sequence[Argument]) -> ValueType:
        times = arguments[count].constant
        return text(arguments[0].length * times if isinstance(times, int) else TEXT_MAX)

    return rule


def _all_together(arguments: Sequence[Argument]) -> ValueType:
    return text(sum(argument.length for argument in arguments))


def _joined(arguments: Sequence[Argument]) -> ValueType:
    """CONCAT_WS: the texts, and the separator between each two."""
    separator, *texts = arguments
    return text(sum(part.length for part in texts) + separator.length * max(0, len(texts) - 1))


def _replaced(arguments: Sequence[Argument]) -> ValueType:
    """REPLACE, at its longest: every piece that can be found has become the other."""
    whole, pattern, replacement = arguments[0].length, arguments[1].constant, arguments[2].length
    if arguments[2].constant == "":
        replacement = 0
    found = len(pattern) if isinstance(pattern, str) and pattern else 1
    if replacement <= found:
        return text(whole)
    return text(whole // found * replacement + whole % found)


def _stuffed(arguments: Sequence[Argument]) -> ValueType:
    return text(arguments[0].length + arguments[3].length)


def _of_length(position: int, default: int) -> Rule:
    """STR(x, 8): a text of the length in that argument."""

    def rule(arguments: Sequence[Argument]) -> ValueType:
        length = arguments[position].constant if len(arguments) > position else default
        return text(length if isinstance(length, int) else TEXT_MAX)

    return rule


def _sum(arguments: Sequence[Argument]) -> ValueType:
    """As many digits as fit: a sum of 32-bit Numbers may pass 32 bits, and then a Number would lose the row."""
    _, scale = whole_and_scale(arguments[0].type)
    return decimal(DECIMAL_MAX_PRECISION, scale)


def _average(arguments: Sequence[Argument]) -> ValueType:
    """Whole for whole numbers; of others SQL Server keeps at least six digits after the point."""
    if arguments[0].type.type is FieldType.NUMBER:
        return NUMBER
    _, scale = whole_and_scale(arguments[0].type)
    return decimal(DECIMAL_MAX_PRECISION, max(6, scale))


def _rounded(arguments: Sequence[Argument]) -> ValueType:
    """As its argument, with room for 9.9 becoming 10.0."""
    value = arguments[0].type
    if value.type is FieldType.DECIMAL:
        whole, scale = whole_and_scale(value)
        return decimal(whole + scale + 1, scale)
    return value if value.type is FieldType.NUMBER else FLOAT


def _whole(arguments: Sequence[Argument]) -> ValueType:
    """FLOOR and CEILING."""
    value = arguments[0].type
    if value.type is FieldType.DECIMAL:
        return decimal(whole_and_scale(value)[0] + 1, 0)
    return value if value.type is FieldType.NUMBER else FLOAT


def _number(arguments: Sequence[Argument]) -> ValueType:
    """As its argument where that is a number."""
    value = arguments[0].type
    return value if value.type in (FieldType.NUMBER, FieldType.DECIMAL) else FLOAT


def _widest(arguments: Sequence[Argument]) -> ValueType:
    return widest(argument.type for argument in arguments)


def _first_kind(arguments: Sequence[Argument]) -> ValueType:
    """ISNULL has the type of its first argument. SQL Server cuts the second to it; we leave room for either."""
    first, second = arguments[0].type, arguments[1].type
    if first.is_null:
        return second
    if first.is_text or (first.type is second.type):
        return widest((first, second)) if second.type is not FieldType.DATE else first
    return first


def _chosen(arguments: Sequence[Argument]) -> ValueType:
    """CHOOSE and IIF: the arguments after the first."""
    return widest(argument.type for argument in arguments[1:])


FUNCTIONS: dict[str, Rule] = {
    # aggregates
    "COUNT": _always(NUMBER),
    "COUNT_BIG": _always(BIG_INTEGER),
    "APPROX_COUNT_DISTINCT": _always(BIG_INTEGER),
    "SUM": _sum,
    "AVG": _average,
    "MIN": _as_argument(0),
    "MAX": _as_argument(0),
    "STDEV": _always(FLOAT),
    "STDEVP": _always(FLOAT),
    "VAR": _always(FLOAT),
    "VARP": _always(FLOAT),
    "STRING_AGG": _always(text(TEXT_MAX)),
    "CHECKSUM_AGG": _always(NUMBER),
    "GROUPING": _always(NUMBER),
    "GROUPING_ID": _always(NUMBER),
    # windows
    "ROW_NUMBER": _always(NUMBER),
    "RANK": _always(NUMBER),
    "DENSE_RANK": _always(NUMBER),
    "NTILE": _always(NUMBER),
    "PERCENT_RANK": _always(FLOAT),
    "CUME_DIST": _always(FLOAT),
    "PERCENTILE_CONT": _always(FLOAT),
    "PERCENTILE_DISC": _always(FLOAT),
    "LAG": lambda arguments: widest([arguments[0].type, *(other.type for other in arguments[2:3])]),
    "LEAD": lambda arguments: widest([arguments[0].type, *(other.type for other in arguments[2:3])]),
    "FIRST_VALUE": _as_argument(0),
    "LAST_VALUE": _as_argument(0),
    # choice
    "COALESCE": _widest,
    "ISNULL": _first_kind,
    "NULLIF": _as_argument(0),
    "IIF": _chosen,
    "CHOOSE": _chosen,
    "GREATEST": _widest,
    "LEAST": _widest,
    # texts
    "LEFT": _at_most(1),
    "RIGHT": _at_most(1),
    "SUBSTRING": _at_most(2),
    "UPPER": _text_of(0),
    "LOWER": _text_of(0),
    "LTRIM": _text_of(0),
    "RTRIM": _text_of(0),
    "TRIM": _text_of(0),
    "REVERSE": _text_of(0),
    "TRANSLATE": _text_of(0),
    "STRING_ESCAPE": _always(text(TEXT_MAX)),
    "CONCAT": _all_together,
    "CONCAT_WS": _joined,
    "REPLACE": _replaced,
    "STUFF": _stuffed,
    "REPLICATE": _times(1),
    "SPACE": _of_length(0, TEXT_MAX),
    "STR": _of_length(1, 10),
    "FORMAT": _always(text(TEXT_MAX)),
    "CHAR": _always(text(1)),
    "NCHAR": _always(text(2)),
    "QUOTENAME": _always(text(258)),
    "SOUNDEX": _always(text(4)),
    "PARSENAME": _always(text(128)),
    "HASHBYTES": _always(UNKNOWN),
    "NEWID": _always(text(36)),
    "LEN": _always(NUMBER),
    "DATALENGTH": _always(NUMBER),
    "CHARINDEX": _always(NUMBER),
    "PATINDEX": _always(NUMBER),
    "ASCII": _always(NUMBER),
    "UNICODE": _always(NUMBER),
    "DIFFERENCE": _always(NUMBER),
    "CHECKSUM": _always(NUMBER),
    "BINARY_CHECKSUM": _always(NUMBER),
    "ISNUMERIC": _always(NUMBER),
    "ISDATE": _always(NUMBER),
    # dates
    "GETDATE": _always(DATE),
    "GETUTCDATE": _always(DATE),
    "SYSDATETIME": _always(DATE),
    "SYSUTCDATETIME": _always(DATE),
    "SYSDATETIMEOFFSET": _always(DATE),
    "DATEADD": _always(DATE),
    "DATETRUNC": _always(DATE),
    "DATE_BUCKET": _always(DATE),
    "DATEFROMPARTS": _always(DATE),
    "DATETIMEFROMPARTS": _always(DATE),
    "DATETIME2FROMPARTS": _always(DATE),
    "DATETIMEOFFSETFROMPARTS": _always(DATE),
    "SMALLDATETIMEFROMPARTS": _always(DATE),
    "EOMONTH": _always(DATE),
    "SWITCHOFFSET": _always(DATE),
    "TODATETIMEOFFSET": _always(DATE),
    "DATEDIFF": _always(NUMBER),
    "DATEDIFF_BIG": _always(BIG_INTEGER),
    "DATEPART": _always(NUMBER),
    "YEAR": _always(NUMBER),
    "MONTH": _always(NUMBER),
    "DAY": _always(NUMBER),
    "DATENAME": _always(text(30)),
    "TIMEFROMPARTS": _always(text(16)),
    # numbers
    "ABS": _number,
    "SIGN": _number,
    "ROUND": _rounded,
    "FLOOR": _whole,
    "CEILING": _whole,
    "POWER": _always(FLOAT),
    "SQUARE": _always(FLOAT),
    "SQRT": _always(FLOAT),
    "EXP": _always(FLOAT),
    "LOG": _always(FLOAT),
    "LOG10": _always(FLOAT),
    "RAND": _always(FLOAT),
    "PI": _always(FLOAT),
    "SIN": _always(FLOAT),
    "COS": _always(FLOAT),
    "TAN": _always(FLOAT),
    "COT": _always(FLOAT),
    "ASIN": _always(FLOAT),
    "ACOS": _always(FLOAT),
    "ATAN": _always(FLOAT),
    "ATN2": _always(FLOAT),
    "DEGREES": _always(FLOAT),
    "RADIANS": _always(FLOAT),
}

_AGGREGATES_TEXT = """
    APPROX_COUNT_DISTINCT AVG CHECKSUM_AGG COUNT COUNT_BIG GROUPING GROUPING_ID MAX MIN STDEV STDEVP STRING_AGG SUM VAR
    VARP
"""
AGGREGATES = frozenset(_AGGREGATES_TEXT.split())
"""One value for many rows."""

DATE_PART_FIRST = {"DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATEPART", "DATENAME", "DATETRUNC", "DATE_BUCKET"}
"""Their first argument is a word like `day`, not a column."""


_CAST: dict[str, ValueType] = {
    "BIT": BOOLEAN,
    "BOOLEAN": BOOLEAN,
    "TINYINT": NUMBER,
    "UTINYINT": NUMBER,
    "SMALLINT": NUMBER,
    "INT": NUMBER,
    "BIGINT": BIG_INTEGER,
    "MONEY": decimal(19, 4),
    "SMALLMONEY": decimal(10, 4),
    "FLOAT": FLOAT,
    "DOUBLE": FLOAT,
    "REAL": FLOAT,
    "DATE": DATE,
    "DATETIME": DATE,
    "DATETIME2": DATE,
    "SMALLDATETIME": DATE,
    "TIMESTAMP": DATE,
    "TIMESTAMPTZ": DATE,
    "TIMESTAMPLTZ": DATE,
    "TIMESTAMPNTZ": DATE,
    "TIME": text(16),
    "UNIQUEIDENTIFIER": text(36),
    "UUID": text(36),
    "TEXT": text(TEXT_MAX),
    "NTEXT": text(TEXT_MAX),
    "XML": text(TEXT_MAX),
}
_SIZED_TEXTS = {"VARCHAR", "NVARCHAR", "CHAR", "NCHAR"}
_DEFAULT_SIZE = 30
_DECIMALS = {"DECIMAL", "NUMERIC"}


def cast_to(name: str, sizes: Sequence[int | None]) -> ValueType:
    """The type of CAST and CONVERT. `sizes` are the numbers in its parentheses; None for MAX."""
    if name in _SIZED_TEXTS:
        size = sizes[0] if sizes else _DEFAULT_SIZE
        return text(TEXT_MAX if size is None else size)
    if name in _DECIMALS:
        precision, scale = [*[size or 0 for size in sizes], *(18, 0)[len(sizes) :]][:2]
        return decimal(precision, scale)
    return _CAST.get(name, UNKNOWN)
