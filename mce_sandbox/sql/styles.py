"""CONVERT's styles for dates and money: how each is written, and how it is read."""

import re
from datetime import datetime

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.types import DATE, TEXT, Kind, call, type_of, typed

# As strftime has them; what strftime cannot say is a macro of ours.
STYLES = {
    1: "%m/%d/%y", 2: "%y.%m.%d", 3: "%d/%m/%y", 4: "%d.%m.%y", 5: "%d-%m-%y", 6: "%d %b %y", 7: "%b %d, %y",
    8: "%H:%M:%S", 10: "%m-%d-%y", 11: "%y/%m/%d", 12: "%y%m%d", 13: "%d %b %Y %H:%M:%S:%g", 14: "%H:%M:%S:%g",
    20: "%Y-%m-%d %H:%M:%S", 21: "%Y-%m-%d %H:%M:%S.%g", 23: "%Y-%m-%d", 24: "%H:%M:%S", 25: "%Y-%m-%d %H:%M:%S.%g",
    101: "%m/%d/%Y", 102: "%Y.%m.%d", 103: "%d/%m/%Y", 104: "%d.%m.%Y", 105: "%d-%m-%Y", 106: "%d %b %Y",
    107: "%b %d, %Y", 108: "%H:%M:%S", 110: "%m-%d-%Y", 111: "%Y/%m/%d", 112: "%Y%m%d",
    113: "%d %b %Y %H:%M:%S:%g", 114: "%H:%M:%S:%g", 120: "%Y-%m-%d %H:%M:%S", 121: "%Y-%m-%d %H:%M:%S.%g",
}  # fmt: skip
MACROS = {
    0: "tsql_date_text", 100: "tsql_date_text", 9: "tsql_long_text", 109: "tsql_long_text", 22: "tsql_us_text",
    126: "tsql_iso_text", 127: "tsql_iso_text",
}  # fmt: skip
# With a DATETIME2 these tell as many digits of a second as it has.
FRACTIONS = {21: "%Y-%m-%d %H:%M:%S", 25: "%Y-%m-%d %H:%M:%S", 121: "%Y-%m-%d %H:%M:%S", 126: "%Y-%m-%dT%H:%M:%S"}
YEAR_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{3})?)?)?")
FIRST_YEAR = 1753
LONG = frozenset({"datetime2", "time", "datetimeoffset"})


def date_as_text(node: exp.Expr, style: int | None) -> exp.Expr:
    type_ = type_of(node)
    if type_.name in LONG and (style is None or style in FRACTIONS):
        form = FRACTIONS[style or 121] if type_.name != "time" else "%H:%M:%S"
        return call("tsql_fraction_text", node, form, type_.scale, type_=TEXT)
    if style is None:
        return call("tsql_day_text" if type_.kind is Kind.DAY else "tsql_date_text", node, type_=TEXT)
    if style in MACROS:
        return call(MACROS[style], node, type_=TEXT)
    if style in STYLES:
        return call("strftime", node, STYLES[style], type_=TEXT)
    if style in (130, 131):
        raise SqlRejected("The sandbox does not know the Hijri calendar.")
    raise SqlRejected(f"{style} is not a valid style number when converting from datetime to a character string.")


def text_as_date(node: exp.Expr, style: int | None, *, prefix: str, is_short: bool) -> exp.Expr:
    """The text as a TIMESTAMP. `is_short`: a DATETIME, which begins in 1753; the others fail in other words."""
    if isinstance(node, exp.Literal) and (known := _written_out(node.name)):
        # The macros read any date there is, and take their time to plan.
        return typed(exp.cast(exp.Literal.string(known), exp.DataType.build("TIMESTAMP", dialect=DuckDB)), DATE)
    form = STYLES.get(style) if style is not None else None
    name = f"{prefix}datetime" if is_short or prefix != "tsql_" else "tsql_day"
    found = call(f"{name}_as", node, form.replace(",", "")) if form else call(name, node)
    return call(f"{prefix}since_1753", found, type_=DATE) if is_short else found


def _written_out(text: str) -> str:
    """The date of a text that says it year first, with dashes; nothing for any other."""
    if not YEAR_FIRST.fullmatch(text):
        return ""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return found.isoformat(sep=" ") if found.year >= FIRST_YEAR else ""


def money_as_text(node: exp.Expr, style: int | None) -> exp.Expr:
    """Two digits after the point, four with style 2, commas with style 1."""
    return call("tsql_money_text", node, style or 0, type_=TEXT)
