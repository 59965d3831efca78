"""Reads the first page. Only a run whose rows can be read is ready.

The rowset may not be readable for some seconds after the query has ended (docs/mce-facts.md 4), so "not there" is
waited out.
"""

from datetime import timedelta

from django.conf import settings

from mce_bridge.errors import NotThere
from mce_bridge.objects import rowsets
from shell_query.engine.outcomes import Ended, Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.errors import ResultsMissing
from shell_query.models import Run
from shell_query.states import Stage, Status

WAIT = 2.0


def is_done(run: Run) -> bool:
    return run.is_final


def perform(work: Work) -> Outcome:
    run = work.run
    try:
        first = rowsets.page(work.account, key=work.destination.key, page=1, page_size=settings.RESULT_PAGE_SIZE)
    except NotThere as error:
        assert run.executed_at is not None
        if work.now >= run.executed_at + timedelta(seconds=settings.RUN_NEVER_SEEN_SECONDS):
            raise ResultsMissing(mce_message=error.mce_message) from error
        return Onward(seconds=WAIT)
    return Ended(Status.READY, {"row_count": first.total})


STEP = Step("confirm", Stage.CONFIRMING, is_done, perform)
