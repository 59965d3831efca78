"""Everything the sandbox knows: business units with their objects, tokens, activities, dials, and the call log."""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime

from mce_sandbox.accounts import ENTERPRISES, BusinessUnitInfo, Enterprise
from mce_sandbox.clock import system_now
from mce_sandbox.control.call_log import CallLog
from mce_sandbox.control.dials import Dials
from mce_sandbox.control.faults import Faults
from mce_sandbox.control.throttle import Throttle
from mce_sandbox.oauth.tokens import Tokens
from mce_sandbox.objects.activities import Activities
from mce_sandbox.objects.data_extensions import DataExtension, DataExtensions
from mce_sandbox.objects.folders import Folders
from mce_sandbox.objects.query_definitions import QueryDefinitions
from mce_sandbox.objects.rows import Rows
from mce_sandbox.rest.cursors import RowsetTokens
from mce_sandbox.rest.row_orders import RowOrders
from mce_sandbox.soap.continuing import Continuations
from mce_sandbox.sql.catalogue import Catalogue, Source
from mce_sandbox.sql.warehouse import Warehouse, quoted

DEFAULT_SEED = 2026
# Between two statements of a query there is nothing to break off.
BREAK_OFF_SECONDS = 0.05


@dataclass
class BusinessUnit:
    """One account: a mid and what lies in it."""

    info: BusinessUnitInfo
    enterprise: Enterprise
    folders: Folders
    data_extensions: DataExtensions
    queries: QueryDefinitions
    views: dict[str, Source]

    @property
    def mid(self) -> int:
        return self.info.mid

    @property
    def schema(self) -> str:
        return f"m{self.mid}"

    def source(self, name: str) -> Source | None:
        """What a query reads by this name without a prefix: a data view, or a data extension."""
        if view := self.views.get(name.lower()):
            return view
        return self.shared_source(name)

    def shared_source(self, name: str) -> Source | None:
        """What other units of the enterprise read by `Ent.` and this name: data extensions only."""
        extension = self.data_extensions.by_name(name)
        if extension is None:
            return None
        return Source(extension.name, self.schema, extension.table, extension.fields)


class World:
    """The whole state of one sandbox. Touched by the event loop only; rows are worked on in the warehouse."""

    def __init__(self, *, seed: int = DEFAULT_SEED, dials: Dials | None = None) -> None:
        self.seed = seed
        self.dials = dials or Dials()
        self.faults = Faults(random.Random(seed))  # noqa: S311 - dice, not secrets
        self.calls = CallLog()
        self.tokens = Tokens()
        self.throttle = Throttle(self.dials)
        self.continuations = Continuations()
        self.rowset_tokens = RowsetTokens()
        self.warehouse = Warehouse()
        self.activities = Activities(self.dials)
        self.row_orders = RowOrders(self.dials)
        self.units: dict[int, BusinessUnit] = {}
        # Row-based retention: when a row with which number was there (retention.py).
        self.row_marks: dict[str, list[tuple[datetime, int]]] = {}
        self._tables = 0
        now = system_now()
        for enterprise in ENTERPRISES:
            for info in enterprise.business_units:
                self._add_unit(enterprise, info, now)

    def _add_unit(self, enterprise: Enterprise, info: BusinessUnitInfo, now: datetime) -> None:
        folders = Folders(first_id=(info.mid % 10_000) * 1000 + 1, now=now)
        unit = BusinessUnit(info, enterprise, folders, DataExtensions(), QueryDefinitions(), {})
        self.warehouse.create_schema(unit.schema)
        self.units[info.mid] = unit

    def new_table(self) -> str:
        """A table name never used before, so that a new data extension cannot meet a deleted one's rows."""
        self._tables += 1
        return f"de_{self._tables}"

    def add_data_extension(self, unit: BusinessUnit, extension: DataExtension) -> DataExtension:
        """Takes in a data extension and makes its table. Raises Refused if name or key is taken."""
        unit.data_extensions.add(extension)
        self.warehouse.create_table(f"{quoted(unit.schema)}.{quoted(extension.table)}", extension.fields)
        return extension

    def remove_data_extension(self, unit: BusinessUnit, extension: DataExtension) -> None:
        """Forgets a data extension; its name stays taken, its table goes when no query is writing it."""
        unit.data_extensions.remove(extension)
        self.row_marks.pop(extension.object_id, None)
        self.warehouse.drop_later(f"{quoted(unit.schema)}.{quoted(extension.table)}")

    def rows(self, unit: BusinessUnit, extension: DataExtension) -> Rows:
        return Rows(self.warehouse, unit.schema, unit.mid, extension)

    def catalogue(self, unit: BusinessUnit) -> Catalogue:
        """What a query of this unit may read."""
        return Catalogue(unit.source, self.units[unit.enterprise.id].shared_source)

    async def end_work(self) -> None:
        """What was begun is given up: queries that work are broken off."""
        ended = asyncio.gather(self.activities.close(), self.row_orders.close())
        while not ended.done():
            self.warehouse.break_off()
            await asyncio.wait([ended], timeout=BREAK_OFF_SECONDS)

    async def close(self) -> None:
        await self.end_work()
        self.warehouse.close()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the world, and the business unit their token holds for."""

    world: World
    unit: BusinessUnit
