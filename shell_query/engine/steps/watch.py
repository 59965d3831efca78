"""Looks whether the query has ended. No signal of MCE's is trusted alone (docs/mce-facts.md 2).

Error and FatalError fail at once. Complete needs isrunning false once. Otherwise isrunning must have been true, or a
minute have passed since the start, and then be false twice, 15 seconds apart.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from mce_bridge.objects import async_status, query_definitions
from qspro.metrics import looked
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.engine.waits import look_wait
from shell_query.errors import QueryFailed
from shell_query.models import Run
from shell_query.states import Stage


def is_done(run: Run) -> bool:
    return run.executed_at is not None


def perform(work: Work) -> Outcome:
    run = work.run
    status = async_status.get(work.account, task_id=run.task_id) if run.task_id else None
    if status is not None and status.is_failed:
        raise QueryFailed(mce_message=status.error_message)
    running = query_definitions.is_running(work.account, object_id=run.query_id)
    looked()
    seen = {"looks": run.looks + 1, "seen_running": run.seen_running or running}
    if running:
        return Onward({**seen, "idle_since": None}, seconds=next_look(work))
    if status is not None and status.is_complete:
        return Onward({**seen, "executed_at": work.now})
    return idle(work, seen)


def idle(work: Work, seen: Mapping[str, object]) -> Outcome:
    """Not running, and nobody said that it is complete."""
    run, now = work.run, work.now
    if not (run.seen_running or started_long_ago(run, now)):
        return Onward(seen, seconds=next_look(work))
    confirm = timedelta(seconds=settings.RUN_CONFIRM_SECONDS)
    if run.idle_since is not None and now >= run.idle_since + confirm:
        return Onward({**seen, "executed_at": now})
    since = run.idle_since or now
    return Onward({**seen, "idle_since": since}, seconds=(since + confirm - now).total_seconds())


def started_long_ago(run: Run, now: datetime) -> bool:
    return run.started_at is not None and now >= run.started_at + timedelta(seconds=settings.RUN_NEVER_SEEN_SECONDS)


def next_look(work: Work) -> float:
    return look_wait(work.run.looks + 1, series=settings.RUN_LOOK_SECONDS, jitter=work.jitter)


STEP = Step("watch", Stage.EXECUTING, is_done, perform)
