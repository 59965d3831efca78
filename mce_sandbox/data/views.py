"""The system data views: their columns, out of views.txt (from Marketing Cloud's documentation)."""

import re
from functools import cache
from pathlib import Path

from mce_sandbox.objects.fields import LENGTHS, Field

COLUMN = re.compile(
    r"^(?P<name>\[[^\]]+\]|\S+) (?P<type>[A-Za-z]+)(?:\((?P<length>\d+)(?:,(?P<scale>\d+))?\))?(?P<rest>.*)$"
)


def read_fields(text: str) -> tuple[Field, ...]:
    """`CustomerID Number key, Name Text(50) required, ...` as fields."""
    return tuple(_field(part.strip(), ordinal) for ordinal, part in enumerate(re.split(r",\s+", text)))


def _field(text: str, ordinal: int) -> Field:
    found = COLUMN.match(text)
    if found is None:
        raise ValueError(f"{text!r} is not a column: its name, its type, and key or required.")
    if found["type"] not in LENGTHS:
        raise ValueError(f"{found['type']} is not a type: {', '.join(LENGTHS)}.")
    words = found["rest"].split()
    return Field(
        object_id="",
        name=found["name"].strip("[]"),
        type=found["type"],
        max_length=int(found["length"]) if found["length"] else None,
        scale=int(found["scale"]) if found["scale"] else None,
        required="required" in words or "key" in words,
        primary_key="key" in words,
        ordinal=ordinal,
    )


@cache
def data_views() -> dict[str, tuple[Field, ...]]:
    """Name -> columns of every data view."""
    views: dict[str, tuple[Field, ...]] = {}
    for line in Path(__file__).with_name("views.txt").read_text("utf-8").splitlines():
        name, _, columns = line.partition(": ")
        views[name] = read_fields(columns)
    return views
