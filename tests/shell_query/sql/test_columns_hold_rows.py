"""The columns that are told for a query hold every row that it gives: generated SELECTs, run by the sandbox."""

import os
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from shell_query.sql import Field, FieldType, TableSchema, infer_columns, parse
from tests.mce_sandbox.client import Mce
from tests.sandbox import Sandbox
from tests.shell_query.sql.selects import EXTREME_ROWS, EXTREMES, selects

SELECTS = int(os.environ.get("SQL_SELECTS", "20"))
FIELDS = "Name FieldType MaxLength Scale IsRequired Ordinal DataExtension.CustomerKey"
NAMES = ("Products", "Stores", "Newsletter Signups", "Extremes")


@pytest.fixture
def unit(mce: Sandbox) -> Iterator[Mce]:
    """Northwind's first business unit, its queries as quick as they can be."""
    mce.dial(query_ms=0, queued_ms=0)
    with httpx.Client(base_url=mce.url, timeout=30) as http:
        yield Mce(http)


@pytest.fixture
def tables(unit: Mce) -> dict[str, TableSchema]:
    """As Marketing Cloud describes them."""
    unit.seed(EXTREMES, EXTREME_ROWS, name="Extremes")
    keys = {
        found.findtext("CustomerKey"): found.findtext("Name")
        for found in retrieve(unit, "DataExtension", "CustomerKey Name")
    }
    fields: dict[str, list[Field]] = {name: [] for name in NAMES}
    for found in retrieve(unit, "DataExtensionField", FIELDS):
        name = keys.get(found.findtext("DataExtension/CustomerKey"))
        if name in fields:
            fields[name].append(field_of(found))
    assert all(fields.values())
    return {name.lower(): TableSchema(name, tuple(columns)) for name, columns in fields.items()}


def retrieve(unit: Mce, object_type: str, properties: str) -> list[etree._Element]:
    return unit.retrieve(object_type, properties).all("Results")


def field_of(found: etree._Element) -> Field:
    length, scale = found.findtext("MaxLength"), found.findtext("Scale")
    return Field(
        found.findtext("Name") or "",
        FieldType(found.findtext("FieldType") or ""),
        int(length) if length else None,
        int(scale) if scale else None,
    )


def written(field: Field) -> str:
    sizes = [str(size) for size in (field.length, field.scale) if size is not None]
    return f"{field.name} {field.type}" + (f"({','.join(sizes)})" if sizes else "")


def trouble(unit: Mce, sql: str, key: str) -> str:
    """Why the rows did not get there; nothing if they did."""
    created = unit.create_query(sql, key)
    object_id = created.value("Results/NewObjectID")
    if not object_id:
        return str(created.value("Results/StatusMessage"))
    task_id = unit.perform(f"<ObjectID>{object_id}</ObjectID>").value("Results/Result/Task/ID")
    assert task_id
    status = unit.finish(task_id)
    return "" if status["Status"] == "Complete" else str(status["ErrorMsg"])


# Without shrinking: each smaller one asks the sandbox again, some hundred times.
@settings(
    max_examples=SELECTS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(sql=selects())
def test_every_row_fits(unit: Mce, tables: dict[str, TableSchema], sql: str) -> None:
    inference = infer_columns(parse(sql, max_characters=100_000), tables)
    assert inference.errors == ()
    _, key = unit.seed(", ".join(map(written, inference.columns)))
    if told := trouble(unit, sql, key):
        # What does not get into texts of any length either is wrong in itself: ROUND(9.9999, 0) overflows its type.
        _, wide = unit.seed(", ".join(f"{column.name} Text(4000)" for column in inference.columns))
        assert trouble(unit, sql, wide), f"{told}: {sql}"
        return
    _, counted = unit.seed("rows Number")
    assert trouble(unit, f"SELECT COUNT(*) AS rows FROM ({sql}) AS whole", counted) == ""
    assert unit.rowset(key, pageSize=1).json()["count"] == int(unit.rows(counted)[0]["rows"])
