"""`$filter` of a rowset: `Name eq 'Zoë' and (Amount gt 5 or Seen eq null)`."""

import re
from dataclasses import dataclass

from mce_sandbox.clock import parse_date
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.fields import Field
from mce_sandbox.rest.answers import RestError
from mce_sandbox.sql.warehouse import quoted

LONGEST, DEEPEST = 8_000, 50
OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "gte": ">=", "lt": "<", "le": "<=", "lte": "<="}
OPENING, CLOSING = re.compile(r"\s*\("), re.compile(r"\s*\)")
JOINT = re.compile(r"\s*\b(and|or)\b", re.IGNORECASE)
COMPARISON = re.compile(
    r"\s*(?P<column>\[[^\]]+\]|\w+)\s+(?P<operator>eq|ne|gte|ge|gt|lte|le|lt|like)\s+"
    r"(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[\w.+-]+))",
    re.IGNORECASE,
)


@dataclass
class Reading:
    """How far a filter has been read, and what it comes to."""

    extension: DataExtension
    text: str
    position: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[object] = []

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found


def where(extension: DataExtension, wanted: str) -> tuple[str, list[object]]:
    """A WHERE clause (or '') and its parameters. Raises RestError 400 for what is not understood."""
    if not wanted.strip():
        return "", []
    reading = Reading(extension, wanted.rstrip())
    if len(wanted) > LONGEST:
        raise RestError(400, f"The $filter is longer than {LONGEST} characters.")
    _read_operand(reading)
    while joint := reading.take(JOINT):
        reading.parts.append(joint[1].upper())
        _read_operand(reading)
    if reading.depth or reading.position < len(reading.text):
        raise _not_valid()
    return f" WHERE {' '.join(reading.parts)}", reading.values


def _read_operand(reading: Reading) -> None:
    """A comparison, with the parentheses that open before it and close after it."""
    while reading.take(OPENING):
        reading.depth += 1
        if reading.depth > DEEPEST:
            raise _not_valid()
        reading.parts.append("(")
    _read_comparison(reading)
    while reading.depth and reading.take(CLOSING):
        reading.depth -= 1
        reading.parts.append(")")


def _read_comparison(reading: Reading) -> None:
    found = reading.take(COMPARISON)
    if found is None:
        raise _not_valid()
    field = reading.extension.field(found["column"].strip("[]"))
    if field is None:
        raise RestError(400, f"The column '{found['column']}' in $filter is not a column of the data extension.")
    operator = found["operator"].lower()
    if found["text"] is None and found["bare"].lower() == "null" and operator in ("eq", "ne"):
        reading.parts.append(f"{quoted(field.name)} IS {'NOT ' if operator == 'ne' else ''}NULL")
        return
    text = found["bare"] if found["text"] is None else found["text"].replace("''", "'")
    if operator == "like":
        reading.parts.append(f"CAST({quoted(field.name)} AS VARCHAR) ILIKE ?")
        reading.values.append(text)
    else:
        # A value that does not convert matches nothing.
        kind = field.duckdb_type.removesuffix(" COLLATE NOCASE")
        reading.parts.append(f"{quoted(field.name)} {OPERATORS[operator]} try_cast(? AS {kind})")
        reading.values.append(_value(field, text))


def _value(field: Field, text: str) -> object:
    """Dates are read in both forms in which MCE writes them."""
    return parse_date(text) if field.type == "Date" else text


def _not_valid() -> RestError:
    return RestError(400, "The $filter is not valid.")
