"""Started queries: queued, processing, complete or in error; what AsyncActivityStatus and isrunning tell of them."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from mce_sandbox.clock import system_now
from mce_sandbox.control.dials import Dials
from mce_sandbox.sql.errors import SqlError

log = logging.getLogger(__name__)

QUEUED, PROCESSING, COMPLETE, ERROR, FATAL = "Queued", "Processing", "Complete", "Error", "FatalError"


@dataclass(slots=True)
class Activity:
    """One start of a query definition."""

    task_id: str
    interaction_id: str
    query_id: str
    query_key: str
    mid: int
    started: datetime
    started_at: float
    status: str = QUEUED
    completed: datetime | None = None
    error: str = ""
    rows: int = 0

    @property
    def finished(self) -> bool:
        return self.status in (COMPLETE, ERROR, FATAL)


@dataclass(frozen=True, slots=True)
class Work:
    """What a started query does: `count` tells how many rows it will read, `run` writes and tells how many it wrote."""

    count: Callable[[], Coroutine[Any, Any, int]]
    run: Callable[[], Coroutine[Any, Any, int]]


class Activities:
    """Starts queries and takes them through their states. One timer each in the loop's heap, no thread."""

    def __init__(self, dials: Dials) -> None:
        self._dials = dials
        self._task_ids = count(100_001)
        self._by_task: dict[str, Activity] = {}
        self._by_query: defaultdict[str, list[Activity]] = defaultdict(list)
        self._held: list[tuple[Activity, Work]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def start(self, *, query_id: str, query_key: str, mid: int, work: Work) -> Activity:
        """Queues `work`; it is done when the dialled time of a query has passed."""
        activity = Activity(
            str(next(self._task_ids)), str(uuid4()), query_id, query_key, mid, system_now(), time.monotonic()
        )
        self._schedule(activity, work)
        return activity

    def take_over(self, activities: Iterable[Activity], work_of: Callable[[Activity], Work]) -> None:
        """Those of a snapshot: the unfinished ones begin again."""
        for activity in activities:
            self._remember(activity)
            if not activity.finished:
                activity.status = QUEUED
                self._schedule(activity, work_of(activity))

    def _schedule(self, activity: Activity, work: Work) -> None:
        self._remember(activity)
        loop = asyncio.get_running_loop()
        queued = min(self._dials.queued_ms, self._dials.query_ms) / 1000
        loop.call_later(queued, self._process, activity)
        loop.call_later(self._dials.query_ms / 1000, self._finish, activity, work)

    def _remember(self, activity: Activity) -> None:
        if activity.task_id not in self._by_task:
            self._by_task[activity.task_id] = activity
            self._by_query[activity.query_id].append(activity)

    def successor(self) -> "Activities":
        """An empty one that goes on counting, so that no TaskID is given twice."""
        made = Activities(self._dials)
        made._task_ids = self._task_ids
        return made

    def find(self, task_id: str) -> Activity | None:
        return self._by_task.get(task_id)

    def all(self) -> Iterable[Activity]:
        return self._by_task.values()

    def of_query(self, query_id: str) -> list[Activity]:
        return self._by_query.get(query_id, [])

    def is_running(self, query_id: str) -> bool:
        """What isrunning answers: not always true to the facts, see the dials."""
        running = [activity for activity in self.of_query(query_id) if not activity.finished]
        blind = self._dials.isrunning_false_seconds
        return any(time.monotonic() - activity.started_at >= blind for activity in running)

    def told(self, activity: Activity) -> dict[str, str | datetime | None]:
        """The properties of its AsyncActivityStatus."""
        completed, status = activity.completed, activity.status
        if self._dials.status_stuck:
            # Seen on a live tenant: Queued on every look, completed before it began.
            completed, status = activity.started - timedelta(minutes=1), QUEUED
        return {
            "Status": status,
            "StatusMessage": None,
            "ErrorMsg": activity.error or None,
            "TaskID": activity.task_id,
            "InteractionObjectID": activity.interaction_id,
            "ParentInteractionObjectID": activity.query_id,
            "CustomerKey": activity.query_key,
            "ClientID": str(activity.mid),
            "CreatedDate": activity.started,
            "StartDate": activity.started,
            "StartTime": activity.started,
            "CompletedDate": completed,
            "EndTime": completed,
            "ProcessedCount": str(activity.rows),
            "TotalCount": str(activity.rows),
            "ErrorCount": "1" if activity.status in (ERROR, FATAL) else "0",
        }

    def release(self) -> int:
        """Lets the held queries finish; answers how many there were."""
        held, self._held = self._held, []
        for activity, work in held:
            self._begin(activity, work)
        return len(held)

    async def close(self) -> None:
        """No new work; waits for what is being written."""
        self._closing.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _process(self, activity: Activity) -> None:
        if activity.status == QUEUED:
            activity.status = PROCESSING

    def _finish(self, activity: Activity, work: Work) -> None:
        if self._dials.hold:
            self._held.append((activity, work))
        else:
            self._begin(activity, work)

    def _begin(self, activity: Activity, work: Work) -> None:
        if self._closing.is_set():
            return
        task = asyncio.get_running_loop().create_task(self._do(activity, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, activity: Activity, work: Work) -> None:
        status = COMPLETE
        try:
            if await self._was_closed_while_reading(work):
                return
            activity.rows = await work.run()
        except SqlError as error:
            # What breaks off in the middle is fatal; what is not begun, or ordered to fail, is an error.
            status, activity.error = FATAL if error.broke_off else ERROR, error.message
        except Exception:
            log.exception("activity %s broke the sandbox", activity.task_id)
            status, activity.error = ERROR, "An error occurred while processing the query."
        activity.completed = system_now()
        activity.status = status

    async def _was_closed_while_reading(self, work: Work) -> bool:
        """Waits as long as the rows to read take by the dials."""
        rate = self._dials.query_rows_per_second
        if not rate:
            return False
        try:
            await asyncio.wait_for(self._closing.wait(), await work.count() / rate)
        except TimeoutError:
            return False
        return True
