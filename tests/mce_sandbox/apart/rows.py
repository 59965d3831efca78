"""Rows of a data extension, in the warehouse itself: many at once, all of them or none."""

import asyncio
from collections.abc import Iterator

import pytest

from mce_sandbox.clock import system_now
from mce_sandbox.data.views import read_fields
from mce_sandbox.objects.data_extensions import DataExtension, checked_fields
from mce_sandbox.objects.rows import RowRefused, Rows
from mce_sandbox.sql.warehouse import Warehouse

START: list[dict[str, object]] = [{"Id": 1, "Word": "one"}, {"id": "2", "WORD": None}]


def make(warehouse: Warehouse, fields: str) -> Rows:
    now = system_now()
    extension = DataExtension(
        object_id="o", name="Rows", customer_key="rows", description="", fields=checked_fields(read_fields(fields)),
        category_id=1, table="rows", created=now, modified=now,
    )  # fmt: skip
    warehouse.create_schema("m1")
    warehouse.create_table('"m1"."rows"', extension.fields)
    return Rows(warehouse, "m1", 1, extension)


@pytest.fixture
def rows() -> Iterator[Rows]:
    warehouse = Warehouse()
    made = make(warehouse, "Id Number key, Word Text(5), Amount Decimal(5,2)")
    asyncio.run(made.insert(START))
    yield made
    warehouse.close()


def there(rows: Rows) -> list[tuple[object, ...]]:
    return sorted(asyncio.run(rows.read()))


def test_names_are_matched_without_regard_to_case(rows: Rows) -> None:
    assert there(rows) == [(1, "one", None), (2, None, None)]


def test_rows_are_read_by_a_condition(rows: Rows) -> None:
    assert asyncio.run(rows.read('"Word" = ?', ["ONE"])) == [(1, "one", None)]


def test_an_upsert_changes_what_is_there_and_adds_the_rest(rows: Rows) -> None:
    asyncio.run(rows.upsert([{"Id": 2, "Amount": 1.5}, {"Id": 3, "Word": "three"}, {"Id": "3", "Word": "3"}]))
    assert [(number, word, str(amount)) for number, word, amount in there(rows)] == [
        (1, "one", "None"), (2, None, "1.50"), (3, "3", "None"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        [{"Id": 3}, {"Id": 3}],
        [{"Id": 3}, {"Id": 1}],
        [{"Id": 3}, {"Id": "x"}],
        [{"Id": 3}, {"Id": 4, "Word": "too long"}],
        [{"Id": 3}, {"Word": "nameless"}],
    ],
)
def test_of_many_rows_none_is_added_if_one_is_wrong(rows: Rows, given: list[dict[str, object]]) -> None:
    with pytest.raises(RowRefused):
        asyncio.run(rows.insert(given))
    assert len(there(rows)) == 2


def test_of_many_changes_none_is_made_if_one_is_wrong(rows: Rows) -> None:
    with pytest.raises(RowRefused):
        asyncio.run(rows.upsert([{"Id": 1, "Word": "uno"}, {"Id": 9, "Amount": "much"}]))
    assert there(rows) == [(1, "one", None), (2, None, None)]


def test_more_rows_than_one_statement_takes(rows: Rows) -> None:
    asyncio.run(rows.insert([{"Id": number} for number in range(10, 1211)]))
    assert len(there(rows)) == 1203


def test_all_problems_of_a_row_are_told(rows: Rows) -> None:
    with pytest.raises(RowRefused) as refused:
        asyncio.run(rows.insert([{"Id": "x", "Word": "too long", "Nope": 1}]))
    assert [(each.column, each.in_key) for each in refused.value.problems] == [
        ("Id", True), ("Word", False), ("Nope", False),
    ]  # fmt: skip
