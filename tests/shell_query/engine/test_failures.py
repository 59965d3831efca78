"""What ends a run, what is tried again, and until when. Pure rules on a row that is never saved."""

from datetime import UTC, datetime, timedelta

import pytest

from mce_bridge.errors import AccessDenied, ServerTrouble, Throttled
from shell_query.engine.failures import Trouble, after_trouble, failed, overdue, said_by_mce
from shell_query.engine.outcomes import Ended, Onward
from shell_query.errors import CouldNotStart, OutcomeUnknown, QueryFailed, TimedOut, WorkerKept
from shell_query.models import Flow, Run
from shell_query.states import Status
from tenants.encryption import CannotUnseal

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def run(**fields: object) -> Run:
    return Run(created_at=NOON, **fields)


def test_terminal_trouble_fails_the_run_at_once_and_seals_nothing_into_our_sentence() -> None:
    outcome = after_trouble(AccessDenied(mce_message="SELECT secret"), run(), first=5, jitter=0.5)
    assert outcome == Ended(
        Status.FAILED,
        error_code="mce_access_denied",
        error_message=AccessDenied.title,
        mce_message="SELECT secret",
    )


def test_transient_trouble_is_tried_again_later_and_later() -> None:
    outcome = after_trouble(ServerTrouble(), run(attempts=2), first=5, jitter=0.5)
    assert outcome == Onward({"last_trouble": ServerTrouble.code, "attempts": 3}, seconds=20)


def test_marketing_clouds_retry_after_is_honoured_and_throttling_is_not_counted_as_an_attempt() -> None:
    outcome = after_trouble(Throttled(retry_after=90), run(attempts=2), first=5, jitter=0.5)
    assert outcome == Onward({"last_trouble": Throttled.code}, seconds=90)


def test_before_the_start_a_run_has_fifteen_minutes_from_its_submission() -> None:
    at = NOON + timedelta(seconds=900)
    assert overdue(run(), at - timedelta(seconds=1), to_start=900, to_end=1740) is None
    assert isinstance(overdue(run(), at, to_start=900, to_end=1740), CouldNotStart)


def test_after_the_start_a_run_has_twenty_nine_minutes_from_it() -> None:
    started = run(started_at=NOON + timedelta(minutes=14))
    at = NOON + timedelta(minutes=43)
    assert overdue(started, at - timedelta(seconds=1), to_start=900, to_end=1740) is None
    assert isinstance(overdue(started, at, to_start=900, to_end=1740), TimedOut)


def test_a_start_whose_answer_was_lost_counts_from_its_intent() -> None:
    assert isinstance(
        overdue(run(start_intended_at=NOON), NOON + timedelta(minutes=29), to_start=900, to_end=1740), TimedOut
    )


def test_why_it_could_not_start_is_named() -> None:
    reason = overdue(run(last_trouble="mce_throttled"), NOON + timedelta(minutes=15), to_start=900, to_end=1740)
    assert reason is not None
    assert reason.detail.endswith("The last trouble was mce_throttled.")


TROUBLE = [TimedOut(), WorkerKept(), CouldNotStart(), AccessDenied(mce_message="No."), OutcomeUnknown(), CannotUnseal()]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: trouble.code)
def test_what_may_have_written_into_somebodys_data_extension_has_not_simply_failed(
    trouble: Trouble,
) -> None:
    started = failed(trouble, run(flow=Flow.TARGET, starts=1))
    over = failed(trouble, run(flow=Flow.TARGET, starts=1, executed_at=NOON))
    assert started.error_code == "outcome_unknown"
    assert over.error_code == ("outcome_unknown" if isinstance(trouble, OutcomeUnknown) else "results_missing")
    assert started.mce_message == over.mce_message == said_by_mce(trouble)


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: trouble.code)
@pytest.mark.parametrize("other", [run(flow=Flow.TARGET), run(starts=1)], ids=["not started", "our own"])
def test_what_has_not_touched_it_has_failed_as_it_has(other: Run, trouble: Trouble) -> None:
    assert failed(trouble, other).error_code == trouble.code


def test_a_query_that_marketing_cloud_says_has_failed_has_failed() -> None:
    said = failed(QueryFailed(mce_message="It broke."), run(flow=Flow.TARGET, starts=1))
    assert (said.error_code, said.mce_message) == ("query_failed", "It broke.")


def test_the_trouble_behind_an_unknown_outcome_is_named_and_kept() -> None:
    outcome = failed(TimedOut(), run(flow=Flow.TARGET, starts=1))
    assert outcome.error_message.endswith(f"The last trouble: {TimedOut.title}")
    assert outcome.changes == {"last_trouble": "timeout"}
