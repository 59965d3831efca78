"""Orders to write rows: accepted at once, carried out a little later."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from mce_sandbox.clock import system_now
from mce_sandbox.control.dials import Dials

log = logging.getLogger(__name__)

KEEP = 5_000
PENDING, COMPLETE, ERROR = "Pending", "Complete", "Error"


class OrderFailed(Exception):
    """None of the rows could be tried; the text says why."""


@dataclass(slots=True)
class RowOrder:
    """One order. `refusals` has one text a row, '' for a row that was written."""

    id: str
    mid: int
    called: datetime
    picked_up: datetime | None = None
    completed: datetime | None = None
    status: str = PENDING
    refusals: tuple[str, ...] = ()


Work = Callable[[], Coroutine[Any, Any, list[str]]]


class RowOrders:
    """The last orders, carried out when the dialled time has passed."""

    def __init__(self, dials: Dials) -> None:
        self._dials = dials
        self._orders: OrderedDict[str, RowOrder] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, mid: int, work: Work) -> RowOrder:
        order = RowOrder(str(uuid4()), mid, system_now())
        self._orders[order.id] = order
        if len(self._orders) > KEEP:
            self._orders.popitem(last=False)
        task = asyncio.get_running_loop().create_task(self._carry_out(order, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return order

    def find(self, order_id: str, *, mid: int) -> RowOrder | None:
        order = self._orders.get(order_id.lower())
        return order if order is not None and order.mid == mid else None

    async def close(self) -> None:
        """Gives up what has not been written."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry_out(self, order: RowOrder, work: Work) -> None:
        await asyncio.sleep(self._dials.rows_ms / 1000)
        order.picked_up = system_now()
        try:
            order.refusals = tuple(await work())
            order.status = COMPLETE
        except OrderFailed as error:
            order.refusals, order.status = (str(error),), ERROR
        except Exception:
            log.exception("order %s broke the sandbox", order.id)
            order.refusals, order.status = ("An unexpected error occurred.",), ERROR
        order.completed = system_now()
