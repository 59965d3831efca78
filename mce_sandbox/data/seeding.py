"""Data extensions with rows, made at once: for the sample data and for POST /control/seed."""

# ruff: noqa: S608 - every name put into SQL here is quoted or of our own making

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from mce_sandbox.clock import system_now
from mce_sandbox.data.views import read_fields
from mce_sandbox.objects.data_extensions import DataExtension, checked_fields, checked_name
from mce_sandbox.objects.fields import Field
from mce_sandbox.sql.warehouse import quoted
from mce_sandbox.world import BusinessUnit, World


def make_data_extension(
    world: World, unit: BusinessUnit, *, name: str, customer_key: str, fields: Sequence[Field], description: str = ""
) -> DataExtension:  # fmt: skip
    """An empty data extension in the root folder; its ids are the same at each start."""
    now = system_now()
    object_id = str(uuid5(NAMESPACE_URL, f"{unit.mid}/{customer_key}"))
    numbered = [
        Field(
            str(uuid5(NAMESPACE_URL, f"{object_id}/{f.name}")), f.name, f.type, f.max_length, f.scale, f.default,
            f.required, f.primary_key,
        )
        for f in fields
    ]  # fmt: skip
    return world.add_data_extension(
        unit,
        DataExtension(
            object_id=object_id,
            name=checked_name(name),
            customer_key=customer_key,
            description=description,
            fields=checked_fields(numbered),
            category_id=unit.folders.root("dataextension").id,
            table=world.new_table(),
            created=now,
            modified=now,
        ),
    )


def seed_data_extension(world: World, given: dict[str, Any]) -> DataExtension:
    """`{"mid", "name", "key", "fields": "Id Number key, Name Text(50)", "rows": [[...], ...]}`."""
    unit = world.units[int(given["mid"])]
    fields = read_fields(str(given["fields"]))
    rows = [list(row) for row in given.get("rows", [])]
    if any(len(row) != len(fields) for row in rows):
        raise ValueError(f"each row needs {len(fields)} values")
    made = make_data_extension(world, unit, name=str(given["name"]), customer_key=str(given["key"]), fields=fields)
    if rows:
        table, marks = f"{quoted(unit.schema)}.{quoted(made.table)}", ", ".join("?" * len(fields))
        world.warehouse.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    return made
