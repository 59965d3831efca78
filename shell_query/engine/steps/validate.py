"""Asks MCE's own validation first: its word decides (docs/decisions/0016), and a refusal costs nothing yet."""

from mce_bridge.objects import query_definitions
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.errors import SqlRejected
from shell_query.models import Run
from shell_query.states import Stage


def is_done(run: Run) -> bool:
    return run.validated_at is not None


def perform(work: Work) -> Outcome:
    found = query_definitions.validate(work.account, work.sql)
    if not found.valid:
        raise SqlRejected(mce_message=" ".join(found.errors))
    return Onward({"validated_at": work.now})


STEP = Step("validate", Stage.VALIDATING, is_done, perform)
