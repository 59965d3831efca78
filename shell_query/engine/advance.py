"""Takes a claimed run one step further, and the next steps while they are due."""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from leases.claims import Claim
from mce_bridge.errors import MceError, ServerTrouble
from qspro.logging import NONE, told
from qspro.tracing import span, tell
from shell_query.engine import cleanup, failures, record
from shell_query.engine.flows import flow_of
from shell_query.engine.outcomes import Ended, Outcome
from shell_query.engine.record import ClaimLost
from shell_query.engine.step import Step, Turn, Work
from shell_query.errors import RunFailure, WorkerKept
from shell_query.models import Run
from shell_query.states import Stage, Status
from tenants.encryption import CannotUnseal

logger = logging.getLogger(__name__)

# A run that ended its worker's lease so often, in the middle of a step, is not tried again.
LAPSES = 3
# Before its last try a run waits for up to so many seconds. One that kills its worker takes those beside it along, and
# all their leases end together: without this they would go on together, and be given up together.
APART_SECONDS = 60.0


def advance(claim: Claim) -> None:
    """Goes on until the run has to wait, has ended and is cleaned up, or the claim is lost."""
    # Which request it goes back to, the row tells: the message may be another run's.
    with told(tenant_id=str(claim.tenant_id), run_id=str(claim.row_id), request_id=NONE):
        turn = Turn(claimed=record.claimed(claim), began=claim.asked)
        try:
            while take_step(claim, turn):
                pass
        except ClaimLost:
            logger.info("The claim is lost; somebody else goes on.")


@dataclass(frozen=True)
class Choice:
    """What comes next for a run. With `begins` Marketing Cloud is asked: a lease runs from now, and `stage` begins."""

    carry_out: Callable[[], bool]
    begins: bool = False
    stage: Stage | None = None


def take_step(claim: Claim, turn: Turn | None = None) -> bool:
    """Whether the next step is due right away. Raises ClaimLost."""
    turn = turn or Turn()
    with ExitStack() as known:
        choice = take_up(claim, turn, known) if turn.run is None else chosen(turn.run, claim, turn, known)
        turn.run = None
        return choice.carry_out()


def take_up(claim: Claim, turn: Turn, known: ExitStack) -> Choice:
    """The run is read, and its step begun, unless whoever claimed it did."""
    run, turn.claimed = turn.claimed or record.load(claim), None
    if run is None:
        raise ClaimLost
    choice = chosen(run, claim, turn, known)
    if choice.begins:
        if choice.stage is not None or run.step_began_at is None:
            turn.begins()
            record.begin(claim, stage=choice.stage)
        turn.opening.read(run)
    return choice


def chosen(run: Run, claim: Claim, turn: Turn, known: ExitStack) -> Choice:
    """From here on lines and spans say which request the run goes back to."""
    known.enter_context(told(request_id=run.request_id))
    known.enter_context(span("advance_run", {}, kind="task", parent=run.trace_parent))
    return choose(Work(run, claim, flow_of(run).destination(run), turn))


def choose(work: Work) -> Choice:
    run = work.run
    if run.lapses == LAPSES - 1 and run.last_trouble != WorkerKept.code:
        return Choice(partial(wait_apart, work))
    return choose_removal(work) if run.is_final else choose_step(work)


def wait_apart(work: Work) -> bool:
    record.set_apart(work.claim, trouble=WorkerKept.code, seconds=1 + APART_SECONDS * work.jitter)
    return False


def choose_step(work: Work) -> Choice:
    run = work.run
    reason = why_not(run, work.now)
    if reason is not None:
        return Choice(partial(fail, work, reason))
    step = flow_of(run).next_step(run)
    if step is None:
        raise LookupError(f"Run {run.id} is {run.status} and has no step left.")
    return Choice(partial(go_further, work, step), begins=True, stage=new_stage(run.stage, step))


def fail(work: Work, reason: RunFailure) -> bool:
    return end(work, failures.failed(reason, work.run))


def go_further(work: Work, step: Step) -> bool:
    tell({}, name=f"step {step.name}")
    return settle(work, step, outcome_of(work, step))


def why_not(run: Run, now: datetime) -> RunFailure | None:
    if run.lapses >= LAPSES:
        return WorkerKept()
    return failures.overdue(run, now, **timeouts())


def outcome_of(work: Work, step: Step) -> Outcome:
    try:
        outcome = step.perform(work)
    except (RunFailure, CannotUnseal) as failure:
        return failures.failed(failure, work.run)
    except MceError as error:
        return failures.after_trouble(error, work.run, first=settings.RUN_BACKOFF_SECONDS, jitter=work.jitter)
    except SoftTimeLimitExceeded:
        # Only a prefork pool has it; there a step is stopped where its own deadline should have held.
        return failures.after_trouble(
            ServerTrouble("The step took too long."),
            work.run,
            first=settings.RUN_BACKOFF_SECONDS,
            jitter=work.jitter,
        )
    logger.info("step %s", step.name)
    return outcome


def settle(work: Work, step: Step, outcome: Outcome) -> bool:
    if isinstance(outcome, Ended):
        return end(work, outcome)
    changes = {"attempts": 0, **outcome.changes}
    changes["retries"] = work.run.retries + work.run.lapses + ("last_trouble" in changes)
    changed = with_changes(work.run, {**work.noted, **changes})
    changes["expires_at"] = changed.deadline(**timeouts())
    stage = new_stage(step.stage, flow_of(changed).next_step(changed))
    if outcome.seconds > 0 or work.turn.is_long():
        record.give_back(work.claim, changes=changes, seconds=outcome.seconds, stage=stage)
        return False
    return go_on(work, changes, stage)


def end(work: Work, ended: Ended) -> bool:
    work.turn.begins()
    now = record.end(work.claim, ended)
    keep(work, {**ended.changes, "status": ended.status, "stage": "", "finished_at": now, "attempts": 0}, now)
    return True


def go_on(work: Work, changes: Mapping[str, Any], stage: Stage | None = None) -> bool:
    moved = {"status": Status.RUNNING, "stage": stage} if stage else {}
    work.turn.begins()
    now = record.go_on(work.claim, changes=changes, stage=stage)
    keep(work, {**changes, **moved}, now)
    return True


def keep(work: Work, changes: Mapping[str, Any], now: datetime) -> None:
    """For the next step, which has begun: the run is not read again."""
    begun = {"lapses": 0, "step_began_at": now, "now": now}
    work.turn.run = with_changes(work.run, {**work.noted, **changes, **begun})
    work.turn.opening.read(work.turn.run)


def with_changes(run: Run, changes: Mapping[str, Any]) -> Run:
    """The run as it will be."""
    changed = copy(run)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def timeouts() -> dict[str, float]:
    return {"to_start": settings.RUN_START_TIMEOUT_SECONDS, "to_end": settings.RUN_TIMEOUT_SECONDS}


def new_stage(stage: str, step: Step | None) -> Stage | None:
    return step.stage if step is not None and step.stage != stage else None


def choose_removal(work: Work) -> Choice:
    run = work.run
    if run.lapses >= LAPSES:
        return Choice(partial(abandon, work, WorkerKept.code))
    removal = cleanup.next_removal(run)
    if removal is None:
        return Choice(partial(tidy, work))
    return Choice(partial(clean_up, work, removal), begins=True)


def tidy(work: Work) -> bool:
    record.give_back(work.claim, changes={"assets_cleaned_at": work.now}, seconds=None)
    return False


def clean_up(work: Work, removal: str) -> bool:
    tell({}, name=f"clean up {removal}")
    try:
        outcome = cleanup.perform(work, removal)
    except (MceError, CannotUnseal) as error:
        again = cleanup.after_trouble(error, work.run, work.now, first=settings.RUN_BACKOFF_SECONDS, jitter=work.jitter)
        if again is None:
            return abandon(work, error.code)
        outcome = again
    if cleanup.next_removal(with_changes(work.run, outcome.changes)) is None:
        record.give_back(work.claim, changes={**outcome.changes, "assets_cleaned_at": work.now}, seconds=None)
        return False
    if outcome.seconds > 0 or work.turn.is_long():
        record.give_back(work.claim, changes=outcome.changes, seconds=outcome.seconds)
        return False
    return go_on(work, outcome.changes)


def abandon(work: Work, trouble: str) -> bool:
    """What still stands is left to the sweeper."""
    logger.warning("Run %s leaves assets behind in Marketing Cloud: %s", work.run.id, trouble)
    record.give_back(work.claim, changes={"abandoned": True, "last_trouble": trouble}, seconds=None)
    return False
