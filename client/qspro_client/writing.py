"""Rows as a table, CSV or JSON."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, TextIO

from qspro_client.models import Column, Page

NUMERIC = (int, float)


def write_table(pages: Iterable[Page], out: TextIO) -> None:
    """Aligned columns, for people; needs all pages first."""
    found = list(pages)
    names = [printable(column.name) for column in found[0].columns]
    rows = [row for page in found for row in page.rows]
    cells = [[printable(text(value)) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    out.write(line(names, widths, [str.ljust] * len(names)))
    out.write(line(["-" * width for width in widths], widths, [str.ljust] * len(names)))
    for row, values in zip(cells, rows, strict=True):
        out.write(line(row, widths, [alignment(value) for value in values]))


def write_csv(pages: Iterable[Page], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    for number, page in enumerate(pages):
        if number == 0:
            writer.writerow(column.name for column in page.columns)
        writer.writerows([text(value) for value in row] for row in page.rows)


def write_json(pages: Iterable[Page], out: TextIO) -> None:
    """One array of objects."""
    rows = chain.from_iterable((named(page.columns, row) for row in page.rows) for page in pages)
    separator = "["
    for row in rows:
        out.write(f"{separator}\n  {json.dumps(row, ensure_ascii=False)}")
        separator = ","
    out.write("[]\n" if separator == "[" else "\n]\n")


WRITERS: dict[str, Callable[[Iterable[Page], TextIO], None]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
}


def named(columns: Sequence[Column], row: Sequence[Any]) -> dict[str, Any]:
    return {column.name: value for column, value in zip(columns, row, strict=True)}


def text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def printable(found: str) -> str:
    """A row may hold what a terminal would obey."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in found)


def alignment(value: Any) -> Callable[[str, int], str]:
    return str.rjust if isinstance(value, NUMERIC) and not isinstance(value, bool) else str.ljust


def line(cells: Sequence[str], widths: Sequence[int], alignments: Sequence[Callable[[str, int], str]]) -> str:
    padded = (align(cell, width) for cell, width, align in zip(cells, widths, alignments, strict=True))
    return "  ".join(padded).rstrip() + "\n"
