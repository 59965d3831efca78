"""Dates: the clock in system time, weeks that begin on Sunday, zones by their Windows names."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from mce_sandbox.clock import SYSTEM_OFFSET
from mce_sandbox.sql.casts import convert
from mce_sandbox.sql.rewrites.texts import number_format
from mce_sandbox.sql.types import DATE, DAY, INT, TEXT, Type, call, type_of, typed

Rewrite = Callable[[exp.Expr], exp.Expr]

LOCAL_CLOCKS = frozenset({"SYSDATETIME", "SYSDATETIMEOFFSET"})
UTC_CLOCKS = frozenset({"GETUTCDATE", "SYSUTCDATETIME"})

# The names SQL Server knows; MCE's own time is Central America's.
ZONES = {
    "UTC": "UTC", "Central America Standard Time": "America/Guatemala", "Central Standard Time": "America/Chicago",
    "Eastern Standard Time": "America/New_York", "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles", "Alaskan Standard Time": "America/Anchorage",
    "Hawaiian Standard Time": "Pacific/Honolulu", "Atlantic Standard Time": "America/Halifax",
    "E. South America Standard Time": "America/Sao_Paulo", "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik", "W. Europe Standard Time": "Europe/Berlin",
    "Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
    "Romance Standard Time": "Europe/Paris", "E. Europe Standard Time": "Europe/Chisinau",
    "FLE Standard Time": "Europe/Kiev", "GTB Standard Time": "Europe/Bucharest",
    "Russian Standard Time": "Europe/Moscow", "Turkey Standard Time": "Europe/Istanbul",
    "Israel Standard Time": "Asia/Jerusalem", "South Africa Standard Time": "Africa/Johannesburg",
    "Arabian Standard Time": "Asia/Dubai", "India Standard Time": "Asia/Calcutta",
    "SE Asia Standard Time": "Asia/Bangkok", "China Standard Time": "Asia/Shanghai",
    "Singapore Standard Time": "Asia/Singapore", "Tokyo Standard Time": "Asia/Tokyo",
    "Korea Standard Time": "Asia/Seoul", "AUS Eastern Standard Time": "Australia/Sydney",
    "E. Australia Standard Time": "Australia/Brisbane", "Cen. Australia Standard Time": "Australia/Adelaide",
    "W. Australia Standard Time": "Australia/Perth", "New Zealand Standard Time": "Pacific/Auckland",
}  # fmt: skip
_ZONES = {name.lower(): zone for name, zone in ZONES.items()}


def is_clock(node: exp.Expr) -> bool:
    if isinstance(node, exp.CurrentTimestamp | exp.CurrentDate | exp.CurrentDatetime):
        return True
    return isinstance(node, exp.Anonymous) and node.name.upper() in LOCAL_CLOCKS | UTC_CLOCKS


def clock(node: exp.Expr, now: datetime) -> exp.Expr:
    """The moment the statement began, the same wherever the statement says it."""
    if isinstance(node, exp.Anonymous) and node.name.upper() in UTC_CLOCKS:
        now = now - SYSTEM_OFFSET
    return moment(now)


def moment(when: datetime) -> exp.Expr:
    text = (when - timedelta(microseconds=when.microsecond % 1000)).isoformat(sep=" ", timespec="milliseconds")
    return typed(exp.cast(exp.Literal.string(text), exp.DataType.build("TIMESTAMP", dialect=DuckDB)), DATE)


def date_of(node: exp.Expr) -> exp.Expr:
    """An argument as a date, without the conversion that the parser puts around some."""
    while isinstance(node, exp.TsOrDsToDate | exp.TimeStrToTime | exp.TsOrDsToTimestamp):
        node = node.this
    return node if type_of(node).is_date else convert(node, DATE)


def date_add(node: exp.Expr) -> exp.Expr:
    kind = DAY if type_of(node.this) == DAY else DATE
    node.set("this", date_of(node.this))
    unit = str(node.args["unit"].name).upper() if node.args.get("unit") else "DAY"
    if unit in ("DAYOFYEAR", "WEEKDAY"):
        node.set("unit", exp.var("DAY"))
    if not isinstance(node.args["expression"], exp.Literal):
        node.set("expression", exp.Paren(this=convert(node.args["expression"], INT, duckdb_type="INTEGER")))
    return typed(node, kind)


def date_diff(node: exp.Expr) -> exp.Expr:
    """Counts the boundaries passed, as DuckDB does, but for weeks, which begin on Sunday."""
    end, start = date_of(node.this), date_of(node.args["expression"])
    unit = str(node.args["unit"].name).upper() if node.args.get("unit") else "DAY"
    if unit.startswith("WEEK") and unit != "WEEKDAY":
        return call("tsql_weeks", start, end, type_=INT)
    unit = "DAY" if unit in ("WEEKDAY", "DAYOFYEAR") else unit
    return call("date_diff", unit.lower(), _moment(start), _moment(end), type_=INT)


def _moment(node: exp.Expr) -> exp.Expr:
    return convert(node, DATE)


def extract(node: exp.Expr) -> exp.Expr:
    """DATEPART: Sunday is 1, and week 1 is the one with January 1."""
    unit, value = node.args["this"].name.upper(), date_of(node.args["expression"])
    if unit in ("DAYOFWEEK", "WEEKDAY", "DW"):
        return typed(exp.Paren(this=exp.Add(this=call("dayofweek", value), expression=exp.Literal.number(1))), INT)
    if unit in ("WEEK", "WK", "WW"):
        return call("tsql_week", value, type_=INT)
    unit = "WEEK" if unit in ("ISO_WEEK", "ISOWK", "ISOWW", "WEEKISO") else unit
    return call("date_part", unit.lower(), value, type_=INT)


def part(name: str) -> Rewrite:
    return lambda node: call(name, date_of(node.this), type_=INT)


def format_(node: exp.Expr) -> exp.Expr:
    """FORMAT and DATENAME, which the parser makes strftime of."""
    value = node.this
    while isinstance(value, exp.TsOrDsToDate | exp.TimeStrToTime):
        value = value.this
    if type_of(value).is_number:
        return number_format(node)
    return call("strftime", date_of(value), node.args["format"], type_=TEXT)


def last_day(node: exp.Expr) -> exp.Expr:
    return call("last_day", date_of(node.this), type_=DAY)


def at_time_zone(node: exp.Expr) -> exp.Expr:
    """The first zone says where the time is from, the last where it goes; what is written is its local time."""
    if isinstance(node.parent, exp.AtTimeZone) and node.arg_key == "this":
        return node
    zones: list[exp.Expr] = []
    value: exp.Expr = node
    while isinstance(value, exp.AtTimeZone):
        zones.insert(0, _zone(value.args["zone"]))
        value = value.this
    value = _moment(date_of(value))
    if len(zones) == 1:
        return typed(value, DATE)
    return call("timezone", zones[-1], call("timezone", zones[0], value), type_=DATE)


def _zone(node: exp.Expr) -> exp.Expr:
    known = _ZONES.get(node.name.lower()) if isinstance(node, exp.Literal) else None
    if known:
        return exp.Literal.string(known)
    return call("error", f"The time zone parameter '{node.name}' provided to AT TIME ZONE clause is invalid.")


def keep(type_: Type) -> Rewrite:
    """Leaves the node, says its type."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        return typed(node, type_)

    return rewrite


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.DateAdd: date_add,
    exp.DateDiff: date_diff,
    exp.Extract: extract,
    exp.Year: part("year"),
    exp.Month: part("month"),
    exp.Day: part("day"),
    exp.TimeToStr: format_,
    exp.LastDay: last_day,
    exp.AtTimeZone: at_time_zone,
    exp.DateFromParts: keep(DAY),
    exp.TimestampFromParts: keep(DATE),
    exp.TimestampTrunc: keep(DATE),
}
