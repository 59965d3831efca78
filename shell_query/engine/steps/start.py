"""Starts the query, once.

The intent is written down before the call. Who finds an intent without a task does not know whether the call arrived:
it looks whether the query runs or, in a data extension made for it, has given rows, and adopts it. When it was seen
idle for RUN_NEVER_SEEN_SECONDS (MCE says "not running" for some seconds right after a start) it is started again where
the destination forgives that; else nobody knows what happened, and the run says so.
"""

from datetime import timedelta

from django.conf import settings

from mce_bridge.errors import MceError, NotThere
from mce_bridge.objects import query_definitions, rowsets
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.engine.waits import look_wait
from shell_query.errors import OutcomeUnknown
from shell_query.models import Run
from shell_query.states import Stage


def is_done(run: Run) -> bool:
    return run.started_at is not None


def perform(work: Work) -> Outcome:
    run = work.run
    if run.start_intended_at is not None:
        return look_for_it(work)
    account = work.account  # whatever can fail before the call shall fail before the intent
    work.note(start_intended_at=work.now, starts=run.starts + 1)
    try:
        task_id = query_definitions.start(account, object_id=run.query_id)
    except MceError as error:
        if error.outcome_unknown:
            return Onward({"last_trouble": error.code}, seconds=first_look(work))
        work.note(start_intended_at=None, starts=run.starts)
        raise
    return Onward({"task_id": task_id, "started_at": work.now}, seconds=first_look(work))


def look_for_it(work: Work) -> Outcome:
    run = work.run
    if query_definitions.is_running(work.account, object_id=run.query_id):
        return Onward({"started_at": run.start_intended_at, "seen_running": True}, seconds=first_look(work))
    if work.destination.is_new and has_rows(work):
        return Onward({"started_at": run.start_intended_at}, seconds=first_look(work))
    assert run.start_intended_at is not None
    if work.now < run.start_intended_at + timedelta(seconds=settings.RUN_NEVER_SEEN_SECONDS):
        return Onward({"looks": run.looks + 1}, seconds=next_look(work))
    if not work.destination.forgives_a_second_start:
        raise OutcomeUnknown
    return Onward({"start_intended_at": None})


def has_rows(work: Work) -> bool:
    """Of a data extension that is new: rows in it can only come from this query."""
    try:
        found = rowsets.page(work.account, key=work.destination.key, page=1, page_size=1)
    except NotThere:
        return False
    return found.total > 0


def first_look(work: Work) -> float:
    return look_wait(0, series=settings.RUN_LOOK_SECONDS, jitter=work.jitter)


def next_look(work: Work) -> float:
    return look_wait(work.run.looks + 1, series=settings.RUN_LOOK_SECONDS, jitter=work.jitter)


STEP = Step("start", Stage.STARTING, is_done, perform)
