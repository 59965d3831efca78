"""From trouble to an outcome: what ends a run, and what is tried again until when. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mce_bridge.errors import MceError, Throttled, TransientError
from shell_query.engine.outcomes import Ended, Onward, Outcome
from shell_query.engine.waits import backoff
from shell_query.errors import CouldNotStart, OutcomeUnknown, QueryFailed, ResultsMissing, RunFailure, TimedOut
from shell_query.models import Run
from shell_query.states import Status
from tenants.encryption import CannotUnseal

THROTTLED_WAIT = 10.0
Trouble = RunFailure | MceError | CannotUnseal


def failed(error: Trouble, run: Run, changes: Mapping[str, Any] | None = None) -> Ended:
    told = as_it_is(error, run)
    return Ended(
        status=Status.FAILED,
        changes=({} if told is error else {"last_trouble": error.code}) | dict(changes or {}),
        error_code=told.code,
        error_message=told.detail,
        mce_message=said_by_mce(told),
    )


def as_it_is(error: Trouble, run: Run) -> Trouble:
    """What may have written into somebody's data extension has not simply failed, whatever the trouble was.

    Who reads `reconnect_required` or `timeout` mends that and runs it again; after an Append that would be twice.
    """
    if not run.may_have_written or isinstance(error, QueryFailed | OutcomeUnknown | ResultsMissing):
        return error
    kind = OutcomeUnknown if run.executed_at is None else ResultsMissing
    return kind(f"{kind.title}. The last trouble: {error.detail}", mce_message=said_by_mce(error))


def said_by_mce(error: Trouble) -> str:
    return "" if isinstance(error, CannotUnseal) else error.mce_message


def overdue(run: Run, now: datetime, *, to_start: float, to_end: float) -> RunFailure | None:
    """Why the run may no longer go on: `to_start` seconds after its submission or `to_end` after its start."""
    if now < run.deadline(to_start=to_start, to_end=to_end):
        return None
    if run.begun_at:
        return TimedOut()
    trouble = f" The last trouble was {run.last_trouble}." if run.last_trouble else ""
    return CouldNotStart(f"{CouldNotStart.title}.{trouble}")


def after_trouble(error: MceError, run: Run, *, first: float, jitter: float) -> Outcome:
    """Terminal trouble fails the run at once; transient trouble is waited out, for as long as `overdue` allows."""
    if not isinstance(error, TransientError):
        return failed(error, run)
    if isinstance(error, Throttled):
        # Throttling says nothing about this run, so it does not lengthen its own backoff.
        wait = backoff(0, first=THROTTLED_WAIT, jitter=jitter)
        return Onward({"last_trouble": error.code}, seconds=max(error.retry_after or 0, wait))
    wait = error.retry_after or backoff(run.attempts, first=first, jitter=jitter)
    return Onward({"last_trouble": error.code, "attempts": run.attempts + 1}, seconds=wait)
