"""Snapshots: the whole world by a name, with rows, queries, tokens, dials and faults, to go back to."""

# ruff: noqa: S608 - every name put into SQL here is quoted or of our own making

from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from mce_sandbox.clock import utc_now
from mce_sandbox.control.faults import Faults
from mce_sandbox.oauth.tokens import Tokens
from mce_sandbox.objects.activities import Activity, Work
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.queries import work_of
from mce_sandbox.rest.cursors import RowsetTokens
from mce_sandbox.rest.row_orders import RowOrders
from mce_sandbox.soap.continuing import Continuations
from mce_sandbox.sql.warehouse import quoted
from mce_sandbox.world import BusinessUnit, World


@dataclass(frozen=True)
class Snapshot:
    """Copies that nobody changes. The rows are in a schema of their own, which no query can name."""

    name: str
    taken: datetime
    schema: str
    units: dict[int, BusinessUnit]
    tokens: Tokens
    faults: Faults
    dials: dict[str, Any]
    activities: tuple[Activity, ...]
    row_marks: dict[str, list[tuple[datetime, int]]]

    def as_json(self) -> dict[str, Any]:
        extensions = sum(len(unit.data_extensions) for unit in self.units.values())
        return {"name": self.name, "taken": self.taken.isoformat(), "data_extensions": extensions}


class Snapshots:
    """Those of one world: a reset forgets them with it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_name: dict[str, Snapshot] = {}
        self._schemas = count(1)

    def as_json(self) -> list[dict[str, Any]]:
        return [snapshot.as_json() for snapshot in self._by_name.values()]

    def take(self, name: str) -> Snapshot:
        """A snapshot of this moment; one of the same name goes."""
        world = self._world
        self.forget(name)
        snapshot = Snapshot(
            name=name,
            taken=utc_now(),
            schema=f"snapshot_{next(self._schemas)}",
            units=deepcopy(world.units),
            tokens=deepcopy(world.tokens),
            faults=deepcopy(world.faults),
            dials=world.dials.as_json(),
            activities=tuple(copy(activity) for activity in world.activities.all()),
            row_marks={},
        )
        world.warehouse.create_schema(snapshot.schema)
        for unit, extension in _extensions(snapshot.units):
            kept = f"{quoted(snapshot.schema)}.{quoted(extension.table)}"
            world.warehouse.cursor().execute(f"CREATE TABLE {kept} AS FROM {_table(unit, extension)}")
            if marks := world.row_marks.get(extension.object_id):
                snapshot.row_marks[extension.object_id] = [
                    (moment, self._rows_through(_table(unit, extension), last) - 1) for moment, last in marks
                ]
        for subscribers, kept in _subscribers(snapshot):
            world.warehouse.cursor().execute(f"CREATE TABLE {kept} AS FROM {subscribers}")
        self._by_name[name] = snapshot
        return snapshot

    def _rows_through(self, table: str, last: int) -> int:
        """How many rows are left up to a number. In a copy they are numbered anew, without gaps."""
        counted = f"SELECT count(*) FROM {table} WHERE rowid <= {last}"
        found = self._world.warehouse.cursor().execute(counted).fetchone()
        return int(found[0]) if found else 0

    def forget(self, name: str) -> None:
        if snapshot := self._by_name.pop(name, None):
            self._world.warehouse.cursor().execute(f"DROP SCHEMA {quoted(snapshot.schema)} CASCADE")

    async def restore(self, name: str) -> Snapshot:
        """Back to it. Queries that ran then begin again; those that run now, and orders of rows, are given up."""
        if name not in self._by_name:
            raise Refused(f"There is no snapshot {name!r}.")
        snapshot, world = self._by_name[name], self._world
        await world.end_work()
        for unit, extension in _extensions(world.units):
            world.warehouse.drop_later(_table(unit, extension))
        world.units = deepcopy(snapshot.units)
        for unit, extension in _extensions(world.units):
            kept = f"{quoted(snapshot.schema)}.{quoted(extension.table)}"
            # A name of its own: who reads the table of before may still be at it.
            extension.table = world.new_table()
            world.warehouse.create_table(_table(unit, extension), extension.fields)
            world.warehouse.cursor().execute(f"INSERT INTO {_table(unit, extension)} FROM {kept}")
        for subscribers, kept in _subscribers(snapshot):
            back = f"BEGIN; DELETE FROM {subscribers}; INSERT INTO {subscribers} FROM {kept}; COMMIT"
            world.warehouse.cursor().execute(back)
        world.row_marks = deepcopy(snapshot.row_marks)
        world.tokens, world.faults = deepcopy(snapshot.tokens), deepcopy(snapshot.faults)
        world.dials.change(snapshot.dials)
        world.continuations, world.rowset_tokens = Continuations(), RowsetTokens()
        world.row_orders = RowOrders(world.dials)
        world.activities = world.activities.successor()
        world.activities.take_over([copy(each) for each in snapshot.activities], self._work_of)
        return snapshot

    def _work_of(self, activity: Activity) -> Work:
        unit = self._world.units[activity.mid]
        query = unit.queries.by_id(activity.query_id)
        if query is None:
            raise LookupError(f"activity {activity.task_id} has no query")
        return work_of(self._world, unit, query)


def _extensions(units: dict[int, BusinessUnit]) -> list[tuple[BusinessUnit, DataExtension]]:
    return [(unit, extension) for unit in units.values() for extension in unit.data_extensions]


def _subscribers(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The one data view that SOAP writes, and where its rows are kept."""
    return [
        (f"{quoted(unit.schema)}.{quoted('_Subscribers')}", f"{quoted(snapshot.schema)}.{quoted(f'subscribers_{mid}')}")
        for mid, unit in snapshot.units.items()
    ]


def _table(unit: BusinessUnit, extension: DataExtension) -> str:
    return f"{quoted(unit.schema)}.{quoted(extension.table)}"
