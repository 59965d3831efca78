"""Rows as CSV (RFC 4180). Pure.

A spreadsheet takes a text that begins with one of =, +, -, @ for a formula, and what stands in a customer's data may
have been written by anybody: unless exact text is asked for, such a text gets an apostrophe in front. Numbers, which
calculate nothing, are left alone.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from shell_query.values import Value

# By this Excel knows UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# By OWASP: a tab or a line break in front hides the sign from a simple look, and the wide signs of CJK count too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_head(names: Sequence[str], *, exact: bool) -> str:
    return ("" if exact else BYTE_ORDER_MARK) + csv_lines([names], exact=exact)


def csv_lines(rows: Iterable[Sequence[Value]], *, exact: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([[cell(value, exact=exact) for value in row] for row in rows])
    return text.getvalue()


def cell(value: Value, *, exact: bool) -> str:
    """NULL is empty, as an empty text is: MCE does not tell the two apart."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if exact else disarmed(value)
    return plain(value) if isinstance(value, float) else str(value)


def plain(number: float) -> str:
    """0.00000001, which Python writes as 1e-08."""
    return f"{Decimal(repr(number)):f}"


def disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number(text) else text


def is_number(text: str) -> bool:
    """-12.5, as a Decimal past a float's digits comes."""
    digits = text[1:].replace(".", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()
