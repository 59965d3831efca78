import io
import json
from typing import Any

import pytest

from qspro_client.models import Column, Page
from qspro_client.writing import WRITERS

COLUMNS = (Column(name="Id", type="Number"), Column(name="Name", type="Text"), Column(name="Active", type="Boolean"))
ROWS: tuple[tuple[Any, ...], ...] = ((1, "Zoë", True), (20, 'a,"b"\x1b[31m', None), (None, "", False))


def page(number: int, rows: tuple[tuple[Any, ...], ...]) -> Page:
    return Page(
        run_id="r", page=number, page_size=2, total_rows=3, total_pages=2, truncated=False, columns=COLUMNS, rows=rows
    )


def written(form: str, *rows: tuple[tuple[Any, ...], ...]) -> str:
    out = io.StringIO()
    WRITERS[form]((page(number, each) for number, each in enumerate(rows, 1)), out)
    return out.getvalue()


def test_a_table_is_aligned_and_holds_nothing_that_a_terminal_would_obey() -> None:
    assert written("table", ROWS[:2], ROWS[2:]) == (
        "Id  Name        Active\n"
        "--  ----------  ------\n"
        " 1  Zoë         true\n"
        '20  a,"b"\N{REPLACEMENT CHARACTER}[31m\n'
        "                false\n"
    )


def test_csv_has_one_head_over_all_pages_and_every_letter() -> None:
    assert written("csv", ROWS[:2], ROWS[2:]) == 'Id,Name,Active\n1,Zoë,true\n20,"a,""b""\x1b[31m",\n,,false\n'


@pytest.mark.parametrize("pages", [(ROWS[:2], ROWS[2:]), ((),)])
def test_json_is_one_array_of_objects(pages: tuple[tuple[tuple[Any, ...], ...], ...]) -> None:
    rows = [row for each in pages for row in each]
    assert json.loads(written("json", *pages)) == [
        dict(zip(("Id", "Name", "Active"), row, strict=True)) for row in rows
    ]


@pytest.mark.parametrize(
    ("form", "head"), [("csv", "Id,Name,Active\n"), ("table", "Id  Name  Active\n--  ----  ------\n")]
)
def test_no_rows_are_a_head(form: str, head: str) -> None:
    assert written(form, ()) == head
