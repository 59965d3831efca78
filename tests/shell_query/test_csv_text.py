"""Rows as CSV."""

import csv
import io

import pytest

from shell_query.csv_text import csv_head, csv_lines
from shell_query.values import Value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (7, "7"),
        (-7, "-7"),
        (0.5, "0.5"),
        (-0.00000001, "-0.00000001"),
        (1e20, "100000000000000000000"),
        (True, "true"),
        (False, "false"),
        ("2026-01-31T00:00:00", "2026-01-31T00:00:00"),
        ("a,b", '"a,b"'),
        ('say "hi"', '"say ""hi"""'),
        ("two\nlines", '"two\nlines"'),
        ("店舗", "店舗"),
    ],
)
def test_each_value_has_one_form(value: Value, text: str) -> None:
    expected = f"{text},\r\n"
    assert csv_lines([[value, None]], exact=False) == csv_lines([[value, None]], exact=True) == expected


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30 1234", "-x", "-1-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "=HYPERLINK(0)", "-", "+"]
)
def test_what_a_spreadsheet_would_calculate_is_disarmed_unless_it_is_wanted_exactly(text: str) -> None:
    assert read(csv_lines([["x", text]], exact=False)) == [["x", f"'{text}"]]
    assert read(csv_lines([["x", text]], exact=True)) == [["x", text]]


@pytest.mark.parametrize("text", ["-12345678901234567890.12", "+5", "a=b", "'=1"])
def test_numbers_and_ordinary_texts_are_left_alone(text: str) -> None:
    assert read(csv_lines([["x", text]], exact=False)) == [["x", text]]


def test_names_of_columns_are_disarmed_too() -> None:
    assert csv_head(["=a", "b"], exact=False) == "\ufeff'=a,b\r\n"
    assert csv_head(["=a", "b"], exact=True) == "=a,b\r\n"


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))
