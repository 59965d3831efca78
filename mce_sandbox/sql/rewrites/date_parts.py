"""DATEADD, DATEDIFF, DATEPART, DATENAME, by every name that a part of a date has. Weeks begin on Sunday."""

from sqlglot import exp

from mce_sandbox.sql.casts import as_text, convert
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.rewrites.dates import date_of
from mce_sandbox.sql.types import DATE, DAY, INT, TEXT, Call, call, type_of, typed

NAMES = {
    "year": "year yy yyyy", "quarter": "quarter qq q", "month": "month mm m", "dayofyear": "dayofyear dy y",
    "day": "day dd d", "week": "week wk ww", "weekday": "weekday dw w", "hour": "hour hh", "minute": "minute mi n",
    "second": "second ss s", "millisecond": "millisecond ms", "microsecond": "microsecond mcs",
    "nanosecond": "nanosecond ns", "iso_week": "iso_week isowk isoww",
}  # fmt: skip
PARTS = {word: part for part, words in NAMES.items() for word in words.split()}
# What DATEADD adds: DuckDB's unit, and how many of it.
UNITS = {
    "year": ("to_months", 12), "quarter": ("to_months", 3), "month": ("to_months", 1), "week": ("to_days", 7),
    "day": ("to_days", 1), "dayofyear": ("to_days", 1), "weekday": ("to_days", 1), "hour": ("to_hours", 1),
    "minute": ("to_minutes", 1), "second": ("to_seconds", 1), "millisecond": ("to_milliseconds", 1),
    "microsecond": ("to_microseconds", 1),
}  # fmt: skip
# A DATE has none of these.
OF_THE_DAY = frozenset({"hour", "minute", "second", "millisecond", "microsecond", "nanosecond"})


def date_add(arguments: list[exp.Expr]) -> exp.Expr:
    part, number, value = _part(arguments, "dateadd"), convert(arguments[1], INT), date_of(arguments[2])
    type_ = type_of(value)
    if part not in UNITS or (type_ == DAY and part in OF_THE_DAY):
        raise _unsupported(part, "dateadd", "date" if type_ == DAY else "datetime")
    unit, times = UNITS[part]
    span = call(unit, exp.Mul(this=exp.Paren(this=number), expression=exp.convert(times)))
    return convert(call("tsql_plus", value, span, type_=DATE), type_)


def date_diff(arguments: list[exp.Expr]) -> exp.Expr:
    """Counts the boundaries passed, as DuckDB does, but for weeks, which begin on Sunday."""
    part, start, end = _part(arguments, "datediff"), _moment(arguments[1]), _moment(arguments[2])
    if part in ("iso_week", "nanosecond"):
        raise _unsupported(part, "datediff", "datetime")
    if part == "week":
        return call("tsql_weeks", start, end, type_=INT)
    unit = "day" if part in ("weekday", "dayofyear") else part
    return call("tsql_boundaries", call("date_diff", unit, start, end), type_=INT)


def date_diff_big(arguments: list[exp.Expr]) -> exp.Expr:
    found = date_diff(arguments)
    counted = found.expressions[0] if found.name == "tsql_boundaries" else found
    return typed(counted, INT)


def date_part(arguments: list[exp.Expr]) -> exp.Expr:
    """DATEPART: Sunday is 1, and week 1 is the one with January 1."""
    part, value = _part(arguments, "datepart"), date_of(arguments[1])
    if type_of(value) == DAY and part in OF_THE_DAY:
        raise _unsupported(part, "datepart", "date")
    match part:
        case "weekday":
            return typed(exp.Paren(this=exp.Add(this=call("dayofweek", value), expression=exp.convert(1))), INT)
        case "week":
            return call("tsql_week", value, type_=INT)
        case "iso_week":
            return call("weekofyear", value, type_=INT)
        case "millisecond" | "microsecond" | "nanosecond":
            return call(f"tsql_{part}", value, type_=INT)
        case _:
            return call("date_part", part, value, type_=INT)


def date_name(arguments: list[exp.Expr]) -> exp.Expr:
    names = {"month": "%B", "weekday": "%A"}
    part = _part(arguments, "datename")
    if part in names:
        return call("strftime", date_of(arguments[1]), names[part], type_=TEXT)
    return as_text(date_part(arguments))


def _part(arguments: list[exp.Expr], function: str) -> str:
    wanted = {"dateadd": 3, "datediff": 3}.get(function, 2)
    if len(arguments) != wanted:
        raise SqlRejected(f"The {function} function requires {wanted} argument(s).")
    word = arguments[0].name
    if word not in PARTS:
        raise SqlRejected(f"'{word}' is not a recognized {function} option.")
    return PARTS[word]


def _unsupported(part: str, function: str, type_: str) -> SqlRejected:
    return SqlRejected(f"The datepart {part} is not supported by date function {function} for data type {type_}.")


def _moment(node: exp.Expr) -> exp.Expr:
    return convert(date_of(node), DATE)


CALLS: dict[str, Call] = {
    "DATEADD": date_add,
    "DATEDIFF": date_diff,
    "DATEDIFF_BIG": date_diff_big,
    "DATEPART": date_part,
    "DATENAME": date_name,
}
