"""AsyncActivityStatus: how far a started query is, by its TaskID. Not to be trusted alone (docs/mce-facts.md 2)."""

from dataclasses import dataclass, field
from datetime import datetime

from mce_bridge import soap
from mce_bridge.account import Account
from mce_bridge.filters import equals
from mce_bridge.times import read_property_time

TYPE = "AsyncActivityStatus"
PROPERTIES = ("Status", "StatusMessage", "ErrorMsg", "TaskID", "StartDate", "CompletedDate")


@dataclass(frozen=True)
class ActivityStatus:
    """`status` is MCE's word: Queued, Processing, Complete, Completed, Error, FatalError. Times are UTC."""

    task_id: str
    status: str
    error_message: str = field(repr=False)
    started_at: datetime | None
    completed_at: datetime | None

    @property
    def is_complete(self) -> bool:
        """MCE says that it is done; a hint, not a proof."""
        return self.status.casefold() in {"complete", "completed"}

    @property
    def is_failed(self) -> bool:
        return self.status.casefold() in {"error", "fatalerror"}


def get(account: Account, *, task_id: str) -> ActivityStatus | None:
    found = (soap.properties(row) for row in soap.retrieve(account, TYPE, PROPERTIES, equals("TaskID", task_id)))
    return next((read(each, task_id) for each in found if each.get("TaskID", task_id) == task_id), None)


def read(properties: dict[str, str], task_id: str) -> ActivityStatus:
    return ActivityStatus(
        task_id=properties.get("TaskID") or task_id,
        status=properties.get("Status", ""),
        error_message=properties.get("ErrorMsg") or properties.get("StatusMessage", ""),
        started_at=read_property_time(properties.get("StartDate")),
        completed_at=read_property_time(properties.get("CompletedDate")),
    )
