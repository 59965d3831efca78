"""Changes to the fields of a data extension: added, widened, renamed, dropped, in the table too."""

# ruff: noqa: S608 - every name put into SQL here is quoted or of our own making

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import duckdb

from mce_sandbox.objects.data_extensions import INVALID, DataExtension, checked_fields
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.values import Value, default_of
from mce_sandbox.sql.warehouse import Warehouse, quoted

# One change after the other: each begins with the fields that the one before left.
_turn = asyncio.Lock()

Found = TypeVar("Found")


class Step(NamedTuple):
    """One statement; `{}` is the table."""

    sql: str
    values: tuple[Value, ...] = ()


async def between_changes(read: Callable[[], Awaitable[Found]]) -> Found:
    """What `read` finds; it is asked once more when a field that it named has gone meanwhile."""
    try:
        return await read()
    except duckdb.BinderException:
        async with _turn:
            return await read()


async def change_fields(warehouse: Warehouse, schema: str, extension: DataExtension, given: Sequence[Field]) -> None:
    """Fields that are there (by id or name) are changed, others are added at the end."""
    async with _turn:
        await _change(warehouse, schema, extension, given)


async def _change(warehouse: Warehouse, schema: str, extension: DataExtension, given: Sequence[Field]) -> None:
    fields = list(extension.fields)
    steps: list[Step] = []
    for wanted in given:
        present = _present(fields, wanted)
        if present is None:
            fields.append(_addable(wanted))
            continue
        changed = _changed(present, wanted)
        fields[fields.index(present)] = changed
        if changed.name != present.name:
            steps.append(Step(f"ALTER TABLE {{}} RENAME COLUMN {quoted(present.name)} TO {quoted(changed.name)}"))
        if changed.duckdb_type != present.duckdb_type:
            steps.append(Step(f"ALTER TABLE {{}} ALTER COLUMN {quoted(changed.name)} TYPE {changed.duckdb_type}"))
    checked = checked_fields(fields)
    for added in checked[len(extension.fields) :]:
        steps.append(Step(f"ALTER TABLE {{}} ADD COLUMN {quoted(added.name)} {added.duckdb_type}"))
        if added.required:
            steps.append(Step(f"UPDATE {{}} SET {quoted(added.name)} = ?", (default_of(added),)))
    await _alter(warehouse, schema, extension, steps)
    extension.fields = checked


def _addable(field: Field) -> Field:
    """Rows that are there already have to be able to have it. MCE's words are not known."""
    if field.primary_key:
        raise Refused(f"The field '{field.name}' cannot be added as a primary key.", INVALID)
    if field.required and not field.default:
        raise Refused(f"The field '{field.name}' is required and needs a default value.", INVALID)
    return field


async def drop_fields(warehouse: Warehouse, schema: str, extension: DataExtension, given: Sequence[Field]) -> None:
    """Fields are found by id or name. One at least has to stay, and a key is not dropped."""
    async with _turn:
        await _drop(warehouse, schema, extension, given)


async def _drop(warehouse: Warehouse, schema: str, extension: DataExtension, given: Sequence[Field]) -> None:
    fields = list(extension.fields)
    for wanted in given:
        present = _present(fields, wanted)
        if present is None:
            raise Refused(f"The field '{wanted.name or wanted.object_id}' was not found.", INVALID)
        if present.primary_key:
            raise Refused(f"The field '{present.name}' is a primary key and cannot be deleted.", INVALID)
        fields.remove(present)
    checked = checked_fields(fields)
    kept = {each.object_id for each in checked}
    gone = [each for each in extension.fields if each.object_id not in kept]
    steps = [Step(f"ALTER TABLE {{}} DROP COLUMN {quoted(each.name)}") for each in gone]
    await _alter(warehouse, schema, extension, steps)
    extension.fields = checked


def _present(fields: Sequence[Field], wanted: Field) -> Field | None:
    if wanted.object_id:
        return next((field for field in fields if field.object_id == wanted.object_id.lower()), None)
    return next((field for field in fields if field.name.lower() == wanted.name.lower()), None)


def _changed(present: Field, wanted: Field) -> Field:
    if wanted.type and wanted.type.lower() != present.type.lower():
        raise Refused(f"The type of the field '{present.name}' cannot be changed.", INVALID)
    length = present.max_length if wanted.max_length is None else wanted.max_length
    if present.max_length and length and length < present.max_length:
        raise Refused(f"The MaxLength of the field '{present.name}' cannot be reduced.", INVALID)
    return replace(
        present, name=wanted.name or present.name, max_length=length, default=wanted.default or present.default,
        scale=present.scale if wanted.scale is None else wanted.scale, required=wanted.required or present.required,
    )  # fmt: skip


async def _alter(warehouse: Warehouse, schema: str, extension: DataExtension, steps: Sequence[Step]) -> None:
    table = f"{quoted(schema)}.{quoted(extension.table)}"

    def alter(connection: duckdb.DuckDBPyConnection) -> None:
        for step in steps:
            connection.execute(step.sql.replace("{}", table, 1), step.values)

    if steps:
        await warehouse.run_writing(table, alter)
