"""From trouble to an outcome: what ends a run, and what is tried again until when. Pure."""

from datetime import datetime, timedelta

from mce_bridge.errors import MceError, Throttled, TransientError
from shell_query.engine.outcomes import Ended, Onward, Outcome
from shell_query.engine.waits import backoff
from shell_query.errors import CouldNotStart, RunFailure, TimedOut
from shell_query.models import Run
from shell_query.states import Status

THROTTLED_WAIT = 10.0


def failed(error: RunFailure | MceError) -> Ended:
    return Ended(
        status=Status.FAILED,
        error_code=error.code,
        error_message=error.detail,
        mce_message=error.mce_message,
    )


def overdue(run: Run, now: datetime, *, to_start: float, to_end: float) -> RunFailure | None:
    """Why the run may no longer go on: `to_start` seconds after its submission or `to_end` after its start."""
    begun = run.started_at or run.start_intended_at
    if begun:
        return TimedOut() if now >= begun + timedelta(seconds=to_end) else None
    if now < run.created_at + timedelta(seconds=to_start):
        return None
    trouble = f" The last trouble was {run.last_trouble}." if run.last_trouble else ""
    return CouldNotStart(f"{CouldNotStart.title}.{trouble}")


def after_trouble(error: MceError, run: Run, *, first: float, jitter: float) -> Outcome:
    """Terminal trouble fails the run at once; transient trouble is waited out, for as long as `overdue` allows."""
    if not isinstance(error, TransientError):
        return failed(error)
    if isinstance(error, Throttled):
        # Throttling says nothing about this run, so it does not lengthen its own backoff.
        wait = backoff(0, first=THROTTLED_WAIT, jitter=jitter)
        return Onward({"last_trouble": error.code}, seconds=max(error.retry_after or 0, wait))
    wait = error.retry_after or backoff(run.attempts, first=first, jitter=jitter)
    return Onward({"last_trouble": error.code, "attempts": run.attempts + 1}, seconds=wait)
