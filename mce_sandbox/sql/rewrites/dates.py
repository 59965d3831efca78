"""Dates: the clock in system time, dates out of numbers, zones by their Windows names."""

from datetime import datetime, timedelta

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from mce_sandbox.clock import SYSTEM_OFFSET
from mce_sandbox.sql.casts import convert
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.types import DATE, DAY, INT, Call, Rewrite, Type, call, type_of, typed

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
    """An argument as a date."""
    return node if type_of(node).is_date else convert(node, DATE)


def at_time_zone(node: exp.Expr) -> exp.Expr:
    """The first zone says where the time is from, the last where it goes; what is written is its local time."""
    if isinstance(node.parent, exp.AtTimeZone) and node.arg_key == "this":
        return node
    zones: list[exp.Expr] = []
    value: exp.Expr = node
    while isinstance(value, exp.AtTimeZone):
        zones.insert(0, _zone(value.args["zone"]))
        value = value.this
    value = convert(date_of(value), DATE)
    if len(zones) == 1:
        return typed(value, DATE)
    return call("timezone", zones[-1], call("timezone", zones[0], value), type_=DATE)


def _zone(node: exp.Expr) -> exp.Expr:
    known = _ZONES.get(node.name.lower()) if isinstance(node, exp.Literal) else None
    if known:
        return exp.Literal.string(known)
    raise SqlRejected(f"The time zone parameter '{node.name}' provided to AT TIME ZONE clause is invalid.")


def part_of(name: str) -> Call:
    """YEAR, MONTH, DAY."""
    return lambda arguments: call(name, date_of(arguments[0]), type_=INT)


def end_of_month(arguments: list[exp.Expr]) -> exp.Expr:
    value = date_of(arguments[0])
    if len(arguments) > 1:
        value = call("tsql_plus_months", value, convert(arguments[1], INT))
    return call("tsql_end_of_month", value, type_=DAY)


def from_parts(macro: str, type_: Type) -> Call:
    def build(arguments: list[exp.Expr]) -> exp.Expr:
        return call(macro, *(convert(each, INT) for each in arguments), type_=type_)

    return build


REWRITES: dict[type[exp.Expr], Rewrite] = {exp.AtTimeZone: at_time_zone}
CALLS: dict[str, Call] = {
    "YEAR": part_of("year"),
    "MONTH": part_of("month"),
    "DAY": part_of("day"),
    "EOMONTH": end_of_month,
    "DATEFROMPARTS": from_parts("tsql_date_from", DAY),
    "DATETIMEFROMPARTS": from_parts("tsql_datetime_from", DATE),
    "DATETIME2FROMPARTS": from_parts("tsql_datetime2_from", DATE),
    "SMALLDATETIMEFROMPARTS": from_parts("tsql_small_from", Type(DATE.kind, name="smalldatetime")),
}
