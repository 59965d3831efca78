"""Keeps the promise that nothing of ours stays in MCE: after ready the query goes, after failed or canceled the data
extension too.

One removal a step, by ObjectID. Where the row knows none it retrieves by customer key first: the call that made the
object may have arrived although its answer did not. After a try that failed it looks too: that one may have deleted.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from mce_bridge.account import Account
from mce_bridge.errors import AddressRefused, ConnectionBroken, MceError, NoConnection, NotThere, TransientError
from mce_bridge.objects import data_extensions, query_definitions
from qspro.errors import AppError
from shell_query import naming
from shell_query.engine.flows import flow_of
from shell_query.engine.outcomes import Onward
from shell_query.engine.step import Work
from shell_query.engine.waits import BACKOFF_LONGEST, backoff
from shell_query.models import Run
from shell_query.states import Status

# After this long the sweeper has it.
GIVE_UP_AFTER = timedelta(hours=24)
# What MCE refuses it is asked again more and more rarely, up to once an hour.
REFUSED_LONGEST = 3600.0
# There is no connection, or only a person can mend it.
NOBODY_TO_ASK = (NoConnection, ConnectionBroken, AddressRefused)


def next_removal(run: Run) -> str | None:
    if run.query_removed_at is None:
        return "query"
    if run.data_extension_removed_at is None and flow_of(run).removes_data_extension(Status(run.status)):
        return "data_extension"
    return None


class Named(Protocol):
    @property
    def object_id(self) -> str: ...


class Objects(Protocol):
    """A module of mce_bridge.objects."""

    def find_by_key(self, account: Account, key: str, /) -> Named | None: ...

    def delete(self, account: Account, /, *, object_id: str) -> None: ...


def perform(work: Work, removal: str) -> Onward:
    run = work.run
    if removal == "query":
        remove(work, query_definitions, key=naming.query_key(run.id), known=run.query_id)
        done = {"query_removed_at": work.now}
    else:
        remove(work, data_extensions, key=naming.data_extension_key(run.id), known=run.data_extension_id)
        done = {"data_extension_removed_at": work.now}
    return Onward({**done, "attempts": 0})


def remove(work: Work, objects: Objects, *, key: str, known: str) -> None:
    object_id = known if is_first_try(work.run) and known else find(work, objects, key)
    if object_id is not None:
        with suppress(NotThere):
            objects.delete(work.account, object_id=object_id)


def is_first_try(run: Run) -> bool:
    return run.attempts == 0 and run.lapses == 0


def find(work: Work, objects: Objects, key: str) -> str | None:
    found = objects.find_by_key(work.account, key)
    return found.object_id if found is not None else None


def after_trouble(error: AppError, run: Run, now: datetime, *, first: float, jitter: float) -> Onward | None:
    """When to try again; None to leave it to the sweeper.

    What would end a run does not end its cleanup: MCE may answer well tomorrow, and what stays is in the way of people.
    """
    assert run.finished_at is not None
    if not isinstance(error, MceError) or isinstance(error, NOBODY_TO_ASK) or now >= run.finished_at + GIVE_UP_AFTER:
        return None
    longest = BACKOFF_LONGEST if isinstance(error, TransientError) else REFUSED_LONGEST
    wait = max(error.retry_after or 0, backoff(run.attempts, first=first, jitter=jitter, longest=longest))
    return Onward({"attempts": run.attempts + 1, "last_trouble": error.code}, seconds=wait)
