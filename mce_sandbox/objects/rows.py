"""Rows of a data extension: read, added, changed and deleted, by whatever API they come. Queries write on their own."""

# ruff: noqa: S608 - every name put into SQL here is quoted or of our own making

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from mce_sandbox.clock import system_now
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.values import BadValue, Value, convert, default_of
from mce_sandbox.sql.warehouse import Warehouse, quoted

CHUNK = 500
Given = Mapping[str, object]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one column of a row, in our words; `in_key` if the column is one that finds the row."""

    column: str
    message: str
    in_key: bool = False


class RowRefused(Refused):
    """A row was not taken, for all of its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Change:
    """New values of the rows with these others, and the row to add where there is none, if it may be added."""

    found_by: Mapping[str, Value]
    values: Mapping[str, Value]
    new: Mapping[str, Value] | None


@dataclass(frozen=True)
class Rows:
    """The rows of one data extension; names of columns are matched without regard to case."""

    warehouse: Warehouse
    schema: str
    mid: int
    extension: DataExtension

    @property
    def table(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.extension.table)}"

    @property
    def keys(self) -> list[Field]:
        return [field for field in self.extension.fields if field.primary_key]

    async def read(self, condition: str = "", values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows that fulfil a condition, each with all columns in their order."""
        names = ", ".join(quoted(field.name) for field in self.extension.fields)
        where = f" WHERE {condition}" if condition else ""
        sql = f"SELECT {names} FROM {self.table}{where} ORDER BY rowid"
        return await self.warehouse.run(lambda connection: connection.execute(sql, values).fetchall())

    async def insert(self, rows: Sequence[Given]) -> None:
        """Adds all of them or none. Raises RowRefused."""
        new = [self._complete(row) for row in rows]

        def add(connection: duckdb.DuckDBPyConnection) -> None:
            _insert(connection, self.table, self.extension.fields, new)
            self._refuse_doubles(connection, new)

        await self._write(add)

    async def update(self, row: Given, *, found_by: Given | None = None, or_insert: bool = False) -> None:
        """Changes the columns given, in the rows found by the primary key, or by other columns."""
        change = self._change(row, found_by=found_by or {}, or_insert=or_insert)
        await self._write(lambda connection: self._apply(connection, change))

    async def upsert(self, rows: Sequence[Given]) -> None:
        """Changes by primary key the rows that there are, adds the others; all of them or none."""
        changes = [self._change(row, found_by={}, or_insert=True) for row in rows]

        def apply(connection: duckdb.DuckDBPyConnection) -> None:
            for change in changes:
                self._apply(connection, change)

        await self._write(apply)

    def _change(self, row: Given, *, found_by: Given, or_insert: bool) -> Change:
        values = self._read(row)
        found = self._read(found_by, in_key=True) or self._key_of(values)
        changed = {name: value for name, value in values.items() if name not in found}
        return Change(found, changed, self._complete({**values, **found}) if or_insert else None)

    def _apply(self, connection: duckdb.DuckDBPyConnection, change: Change) -> None:
        condition, wanted = _condition(change.found_by)
        if connection.execute(f"SELECT 1 FROM {self.table} WHERE {condition} LIMIT 1", wanted).fetchone():
            if change.values:
                setters = ", ".join(f"{quoted(name)} = ?" for name in change.values)
                sql = f"UPDATE {self.table} SET {setters} WHERE {condition}"
                connection.execute(sql, [*change.values.values(), *wanted])
        elif change.new is not None:
            _insert(connection, self.table, self.extension.fields, [change.new])
        else:
            raise Refused("The row to update was not found.")

    async def delete(self, found_by: Given) -> None:
        """Deletes the rows with these values, one at least."""
        condition, wanted = _condition(self._read(found_by, in_key=True))

        def remove(connection: duckdb.DuckDBPyConnection) -> None:
            gone = connection.execute(f"DELETE FROM {self.table} WHERE {condition}", wanted).fetchone()
            if not gone or not gone[0]:
                raise Refused("The row to delete was not found.")

        await self._write(remove)

    async def clear(self, *, through: int | None = None) -> None:
        """Deletes all rows, or those whose number is not above `through`."""
        where = "" if through is None else f" WHERE rowid <= {through}"
        await self.warehouse.run_writing(
            self.table, lambda connection: connection.execute(f"DELETE FROM {self.table}{where}")
        )

    async def last_number(self) -> int:
        """The number of the row written last, -1 without any. Numbers only grow: nothing here compacts a table."""
        sql = f"SELECT coalesce(max(rowid), -1) FROM {self.table}"
        found = await self.warehouse.run(lambda connection: connection.execute(sql).fetchone())
        return int(found[0]) if found else -1

    async def _write(self, work: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        """In one transaction, after whoever else is writing to the table."""

        def transact(connection: duckdb.DuckDBPyConnection) -> None:
            connection.execute("BEGIN")
            try:
                work(connection)
            except (Refused, duckdb.Error):
                connection.rollback()
                raise
            connection.execute("COMMIT")

        await self.warehouse.run_writing(self.table, transact)
        self.extension.was_written(system_now())

    def _read(self, given: Given, *, in_key: bool = False) -> dict[str, Value]:
        """Values by the true names of their columns."""
        values: dict[str, Value] = {}
        problems: list[Problem] = []
        for name, value in given.items():
            field = self.extension.field(name)
            try:
                if field is None:
                    raise BadValue(f"The column {name} is not a column of the data extension.")
                values[field.name] = convert(field, value)
                if field.required and values[field.name] is None:
                    raise BadValue(f"The field {field.name} is required.")
            except BadValue as error:
                problems.append(Problem(name, str(error), in_key or bool(field and field.primary_key)))
        if problems:
            raise RowRefused(problems)
        return values

    def _complete(self, given: Given) -> dict[str, Value]:
        """A whole new row: defaults where nothing was given, nothing required missing."""
        values = self._read(given)
        for field in self.extension.fields:
            if field.name not in values:
                values[field.name] = default_of(field)
        missing = [field for field in self.extension.fields if field.required and values[field.name] is None]
        if missing:
            raise RowRefused(
                [Problem(f.name, f"The field {f.name} is required.", in_key=f.primary_key) for f in missing]
            )
        return values

    def _key_of(self, values: Mapping[str, Value]) -> dict[str, Value]:
        if not self.keys:
            raise Refused("The data extension has no primary key, so a row of it cannot be told from another.")
        missing = [key.name for key in self.keys if key.name not in values]
        if missing:
            raise RowRefused([Problem(name, f"The key column {name} is missing.", in_key=True) for name in missing])
        return {key.name: values[key.name] for key in self.keys}

    def _refuse_doubles(self, connection: duckdb.DuckDBPyConnection, new: Sequence[Mapping[str, Value]]) -> None:
        """Do the new rows have keys of their own? One row is looked for, many are counted with all others."""
        if not self.keys:
            return
        names = ", ".join(quoted(key.name) for key in self.keys)
        condition, wanted = _condition(self._key_of(new[0])) if len(new) == 1 else ("true", [])
        doubles = f"SELECT 1 FROM {self.table} WHERE {condition} GROUP BY {names} HAVING count(*) > 1 LIMIT 1"
        if connection.execute(doubles, wanted).fetchone():
            message = (
                "Violation of PRIMARY KEY constraint. Cannot insert duplicate key in object "
                f"'C{self.mid}.{self.extension.name}'."
            )
            raise RowRefused([Problem(key.name, message, in_key=True) for key in self.keys])


def _condition(found_by: Mapping[str, Value]) -> tuple[str, list[Value]]:
    if not found_by:
        raise Refused("No column was given to find the row by.")
    return " AND ".join(f"{quoted(name)} IS NOT DISTINCT FROM ?" for name in found_by), list(found_by.values())


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, fields: Sequence[Field], rows: Sequence[Mapping[str, Value]]
) -> None:
    names = ", ".join(quoted(field.name) for field in fields)
    marks = f"({', '.join('?' * len(fields))})"
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        connection.execute(
            f"INSERT INTO {table} ({names}) VALUES {', '.join([marks] * len(chunk))}",
            [row[field.name] for row in chunk for field in fields],
        )
