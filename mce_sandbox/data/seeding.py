"""Data extensions with rows, made at once: for the sample data and for POST /control/seed."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from mce_sandbox.clock import system_now
from mce_sandbox.data.reading import arranged, guess_fields, read_csv, read_objects, read_rows
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
    """Makes a data extension with rows. Raises ValueError that says what is wrong with what was given.

    `{"mid", "name", "key", "fields": "Id Number key, Name Text(50)", "rows": [[...], ...]}`. Rows may also be objects,
    or `csv` a text; without fields their names and types come from the rows, without a key there is a new one.
    """
    if unknown := given.keys() - {"mid", "name", "key", "fields", "rows", "csv", "description"}:
        raise ValueError(f"{', '.join(sorted(unknown))}: not known here.")
    unit = _unit(world, given.get("mid"))
    fields, rows = _fields_and_rows(given)
    name = str(given.get("name") or "")
    if not name:
        raise ValueError("name is needed.")
    read = read_rows(fields, rows)
    made = make_data_extension(
        world, unit, name=name, customer_key=str(given.get("key") or uuid4()), fields=fields,
        description=str(given.get("description") or ""),
    )  # fmt: skip
    if read:
        table = f"{quoted(unit.schema)}.{quoted(made.table)}"
        lists = ", ".join(f"unnest(CAST(? AS {field.duckdb_type.split(' ')[0]}[]))" for field in fields)
        columns = [list(column) for column in zip(*read, strict=True)]
        world.warehouse.cursor().execute(f"INSERT INTO {table} SELECT {lists}", columns)
    return made


def _unit(world: World, mid: object) -> BusinessUnit:
    unit = world.units.get(int(mid)) if isinstance(mid, int | str) and str(mid).isdecimal() else None
    if unit is None:
        raise ValueError(f"mid must be one of {', '.join(map(str, world.units))}.")
    return unit


def _fields_and_rows(given: dict[str, Any]) -> tuple[tuple[Field, ...], list[list[Any]]]:
    text, rows = given.get("csv"), given.get("rows", [])
    fields = read_fields(str(given["fields"])) if given.get("fields") else ()
    if not isinstance(rows, list) or (text is not None and (rows or not isinstance(text, str))):
        raise ValueError("Either rows, a list, or csv, a text.")
    if text is not None:
        names, rows = read_csv(text)
    elif rows and all(isinstance(row, dict) for row in rows):
        names, rows = read_objects(rows)
    elif all(isinstance(row, list) for row in rows):
        names = [field.name for field in fields]
    else:
        raise ValueError("rows must be lists all, or objects all.")
    if not names:
        raise ValueError("Without fields, rows must be objects.")
    fields = fields or guess_fields(names, rows)
    return fields, arranged(names, fields, rows)
