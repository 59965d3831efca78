"""Values as MCE's rowsets write them, read by the type of their column (docs/mce-facts.md 4). Pure."""

import re
from decimal import Decimal, InvalidOperation

Value = str | int | float | bool | None

# 6/13/2005 1:05:00 PM: month first, no offset, since MCE gives none.
DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2}):(\d{2})(\.\d+)? ?(AM|PM)?)?")
TEXTS = frozenset({"Text", "EmailAddress", "Phone", "Locale"})
# What a JSON reader that uses floats keeps of an integer.
SAFE_INTEGER = 2**53


def typed(text: str, column_type: str) -> Value:
    """The value for JSON. An empty text is null, except in a text column: MCE cannot tell the two apart.

    A value that does not look as its type says is given as MCE wrote it: losing it would be worse.
    """
    if column_type in TEXTS:
        return text
    if text == "":
        return None
    return READERS.get(column_type, str)(text)


def read_number(text: str) -> Value:
    """A whole number is one in a Decimal too: a sum of Numbers, or a BIGINT."""
    try:
        number = int(text)
    except ValueError:
        return read_decimal(text)
    return number if abs(number) <= SAFE_INTEGER else text


def read_decimal(text: str) -> Value:
    """A number where a float holds it exactly, else its text."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return text
    if not exact.is_finite():
        return text
    near = float(exact)
    return near if Decimal(repr(near)) == exact else text


def read_boolean(text: str) -> Value:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)


def read_date(text: str) -> Value:
    """ISO 8601 without an offset."""
    match = DATE.fullmatch(text)
    if match is None:
        return text
    month, day, year, hour, minute, second, fraction, half = match.groups()
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half == "PM" else 0)
    clock = f"{hours:02}:{minute or '00'}:{second or '00'}{fraction or ''}"
    return f"{year}-{int(month):02}-{int(day):02}T{clock}"


READERS = {
    "Number": read_number,
    "Decimal": read_number,
    "Boolean": read_boolean,
    "Date": read_date,
}
