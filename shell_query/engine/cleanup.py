"""Keeps the promise that nothing of ours stays in MCE: after ready the query goes, after failed or canceled the data
extension too.

One removal a step. It retrieves by customer key and deletes by ObjectID, also where the row knows no id: the call that
made it may have arrived although its answer did not.
"""

from datetime import datetime, timedelta

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


def perform(work: Work, removal: str) -> Onward:
    if removal == "query":
        remove_query(work)
        done = {"query_removed_at": work.now}
    else:
        remove_data_extension(work)
        done = {"data_extension_removed_at": work.now}
    return Onward({**done, "attempts": 0})


def remove_query(work: Work) -> None:
    found = query_definitions.find_by_key(work.account, naming.query_key(work.run.id))
    if found is not None:
        try:
            query_definitions.delete(work.account, object_id=found.object_id)
        except NotThere:
            return


def remove_data_extension(work: Work) -> None:
    found = data_extensions.find_by_key(work.account, naming.data_extension_key(work.run.id))
    if found is not None:
        try:
            data_extensions.delete(work.account, object_id=found.object_id)
        except NotThere:
            return


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
