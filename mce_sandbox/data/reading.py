"""Rows from outside, as CSV or JSON: their types guessed where nobody gives them, each value read as its column's."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from mce_sandbox.clock import parse_date
from mce_sandbox.objects.fields import TEXTS, Field

TRUTHS = {"true": True, "false": False, "1": True, "0": False}
SMALLEST, LARGEST = -(2**31), 2**31 - 1
# Texts are guessed to be as long as the next of these.
LENGTHS = (50, 100, 254, 500, 1000, 2000, 4000)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def read_csv(text: str) -> tuple[list[str], list[list[Any]]]:
    """The names in the first line, and the rows; nothing between commas is NULL."""
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    if not lines or not any(lines[0]):
        raise ValueError("The CSV needs a first line with the names of its columns.")
    names = [name.strip() for name in lines[0]]
    rows = [[value or None for value in line] for line in lines[1:] if line]
    return names, rows


def read_objects(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Rows by name; what a row leaves out is NULL."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return names, [[row.get(name) for name in names] for row in rows]


def guess_fields(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[Field, ...]:
    columns = [[row[place] for row in rows if place < len(row)] for place in range(len(names))]
    return tuple(
        guess_field(name, column, ordinal) for ordinal, (name, column) in enumerate(zip(names, columns, strict=True))
    )


def guess_field(name: str, values: Sequence[Any], ordinal: int) -> Field:
    """The narrowest type that holds all values; Text(50) where there are none."""
    texts = [str(value) for value in values if value is not None]
    if texts:
        if all(text.lower() in ("true", "false") for text in texts):
            return Field("", name, "Boolean", ordinal=ordinal)
        # Digits behind a leading zero are a name, not a number.
        if all(NUMBER.fullmatch(text) and not re.match(r"[+-]?0[0-9]", text) for text in texts):
            return _guess_number(name, texts, ordinal)
        if all(parse_date(text) is not None for text in texts):
            return Field("", name, "Date", ordinal=ordinal)
        if all(EMAIL.fullmatch(text) and len(text) <= LENGTHS[2] for text in texts):
            return Field("", name, "EmailAddress", LENGTHS[2], ordinal=ordinal)
    longest = max(map(len, texts), default=0)
    length = next((length for length in LENGTHS if longest <= length), None)
    if length is None:
        raise ValueError(f"{name} has a text of {longest} characters; {LENGTHS[-1]} is the most.")
    return Field("", name, "Text", length, ordinal=ordinal)


def _guess_number(name: str, texts: Sequence[str], ordinal: int) -> Field:
    scale = max(len(text.partition(".")[2]) for text in texts)
    if scale == 0 and all(SMALLEST <= int(text) <= LARGEST for text in texts):
        return Field("", name, "Number", ordinal=ordinal)
    return Field("", name, "Decimal", 29, min(scale, 8), ordinal=ordinal)


def arranged(names: Sequence[str], fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The rows in the order of the fields, for names in another one."""
    places = {name.lower(): place for place, name in enumerate(names)}
    known = {field.name.lower() for field in fields}
    if unknown := next((name for name in names if name.lower() not in known), None):
        raise ValueError(f"There is no field for the column {unknown}.")
    wanted = [places.get(field.name.lower()) for field in fields]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise ValueError(f"Row {number} has {len(row)} values for {len(names)} columns.")
    return [[None if place is None else row[place] for place in wanted] for row in rows]


def read_rows(fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Each value as its field's type. Raises ValueError that names the row, the field and the value."""
    read = []
    keys: set[tuple[Any, ...]] = set()
    for number, row in enumerate(rows, start=1):
        if len(row) != len(fields):
            raise ValueError(f"Row {number} has {len(row)} values for {len(fields)} columns.")
        try:
            values = [read_value(field, value) for field, value in zip(fields, row, strict=True)]
        except ValueError as error:
            raise ValueError(f"Row {number}, {error}") from error
        key = tuple(_compared(v) for field, v in zip(fields, values, strict=True) if field.primary_key)
        if key and key in keys:
            raise ValueError(f"Row {number} has the primary key of a row before it.")
        keys.add(key)
        read.append(values)
    return read


def _compared(value: object) -> object:
    return value.rstrip(" ").lower() if isinstance(value, str) else value


def read_value(field: Field, value: Any) -> Any:
    if value is None or (value == "" and field.type not in TEXTS):
        if field.required:
            raise ValueError(f"{field.name}: a value is required.")
        return None
    read = _read(field, value if isinstance(value, str) else str(value))
    if read is None:
        article = f"{'an' if field.type[0] in 'AE' else 'a'} {field.type}"
        raise ValueError(f"{field.name}: {str(value)[:50]!r} is not {article} that fits.")
    return read


def _read(field: Field, text: str) -> str | int | bool | Decimal | datetime | None:
    """None for what does not fit."""
    match field.type:
        case "Number":
            fits = re.fullmatch(r"[+-]?[0-9]{1,10}", text.strip()) and SMALLEST <= int(text) <= LARGEST
            return int(text) if fits else None
        case "Decimal":
            return _decimal(field, text)
        case "Boolean":
            return TRUTHS.get(text.strip().lower())
        case "Date":
            return parse_date(text)
        case _:
            return text if field.max_length is None or len(text) <= field.max_length else None


def _decimal(field: Field, text: str) -> Decimal | None:
    try:
        read = Decimal(text.strip()).quantize(Decimal(1).scaleb(-(field.scale or 0)))
    except InvalidOperation:
        return None
    return read if read.is_finite() and len(read.as_tuple().digits) <= (field.max_length or 18) else None
