"""What one worker does under one claim: a run is read once, and each step is written together with the next one."""

from threading import Event as Signal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from leases.claiming import claim_next, take
from leases.claims import Claim
from leases.services import claim_due
from shell_query.engine import record
from shell_query.engine.advance import advance, take_step
from shell_query.engine.record import ClaimLost
from shell_query.engine.step import TURN_SECONDS, Turn
from shell_query.models import Run
from shell_query.services import cancel_run
from shell_query.states import Stage
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import claim, drive, look_up, submit
from tests.threads import at_once, until_waited_for

SQL = "SELECT StoreID FROM Stores"


def statements(context: CaptureQueriesContext, word: str) -> int:
    return sum(query["sql"].lstrip("(").startswith(word) for query in context.captured_queries)


def test_all_steps_that_follow_each_other_at_once_read_the_run_once(connected: Cast, settings: Any) -> None:
    settings.RUN_LOOK_SECONDS = (0.0,)
    alice = connected.alice.caller
    run_id = submit(alice, SQL)
    with CaptureQueriesContext(connection) as sent:
        held = claim(alice, run_id)
        advance(held)
    read = [query["sql"] for query in sent.captured_queries if 'FROM "shell_query_run"' in query["sql"]]
    run = look_up(alice, held.row_id)
    assert (len(read), run.claims, run.starts, run.looks > 0) == (1, 1, 1, True)
    run = drive(alice, held.row_id)
    assert (run.status, run.lapses, run.retries, run.claim_token, run.step_began_at) == ("ready", 0, 0, None, None)


def test_a_run_that_is_canceled_between_two_steps_goes_no_further(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    held, turn = claim(alice, submit(alice, SQL)), Turn()
    assert take_step(held, turn)
    cancel_run(caller=alice, run_id=held.row_id)
    with pytest.raises(ClaimLost):
        take_step(held, turn)
    assert (look_up(alice, held.row_id).status, mce.calls("Create"), mce.calls("Perform")) == ("canceled", [], [])


def test_what_was_noted_in_a_step_is_known_to_those_after_it(connected: Cast, settings: Any) -> None:
    """The start is written down before the call, and once more with its answer."""
    settings.RUN_LOOK_SECONDS = (0.0,)
    alice = connected.alice.caller
    held, turn = claim(alice, submit(alice, SQL)), Turn()
    while take_step(held, turn) and not (turn.run and turn.run.started_at):
        pass
    assert turn.run is not None
    row = look_up(alice, held.row_id)
    assert (turn.run.starts, turn.run.start_intended_at, turn.run.status, turn.run.stage) == (
        *(row.starts, row.start_intended_at),
        *(row.status, row.stage),
    )


def test_a_turn_that_has_lasted_long_ends_with_its_step_and_the_run_is_due(connected: Cast) -> None:
    """The steps of a slow Marketing Cloud would together outlast a task's time limit: one of them would be cut off."""
    alice = connected.alice.caller
    held, turn = claim(alice, submit(alice, SQL)), Turn()
    turn.since -= TURN_SECONDS
    assert not take_step(held, turn)
    run = look_up(alice, held.row_id)
    assert (run.validated_at is not None, run.stage, run.claim_token, run.step_began_at) == (
        *(True, Stage.PREPARING),
        *(None, None),
    )
    following = claim_next(Run)
    assert following is not None
    assert following.row_id == held.row_id


def test_what_a_claim_waited_for_is_part_of_its_step(connected: Cast, mce: Sandbox, settings: Any) -> None:
    """Its lease may run since then: a call that is still on the wire when it ends has two workers at one step."""
    alice = connected.alice.caller
    run_id = drive(alice, submit(alice, SQL), until=Stage.PREPARING).id
    (rung,) = claim_due(Run, most=1)
    asked = len(mce.calls())
    settings.STEP_DEADLINE_SECONDS = 0.2

    def act(number: int) -> None:
        if number == 0:
            with tenant_scope(alice.tenant_id), connection.cursor() as cursor:
                cursor.execute("SELECT FROM shell_query_run WHERE id = %s FOR UPDATE", [run_id])
                locked.set()
                until_waited_for()
                cursor.execute("SELECT pg_sleep(0.3)")
        else:
            assert locked.wait(timeout=60)
            mine = take(Run, rung)
            assert mine is not None
            advance(mine)

    locked = Signal()
    assert at_once(2, act) == [None, None]
    run = look_up(alice, run_id)
    assert (len(mce.calls()), run.last_trouble, run.claim_token) == (asked, "mce_unreachable", None)
    with tenant_scope(alice.tenant_id):
        # It was our own trouble: Marketing Cloud is not blamed, and its business unit not paused.
        assert BusinessUnit.objects.get(id=alice.business_unit_id).troubles == 0


def test_the_run_that_is_kept_is_the_row_as_it_stands(connected: Cast, settings: Any) -> None:
    settings.RUN_LOOK_SECONDS = (0.0,)
    alice = connected.alice.caller
    held, turn = claim(alice, submit(alice, SQL)), Turn()
    while take_step(held, turn):
        assert turn.run is not None
        assert differences(held, turn, look_up(alice, held.row_id)) == []


def test_a_look_goes_to_the_database_three_times(connected: Cast, mce: Sandbox) -> None:
    """The claim with the run, the connection that serves it, and what came of the look; each is a transaction."""
    alice = connected.alice.caller
    mce.hold()
    run_id = submit(alice, SQL)
    drive(alice, run_id, until="executing")
    record.wake(tenant_id=alice.tenant_id, run_id=run_id)
    with CaptureQueriesContext(connection) as sent:
        held = claim_next(Run)
        assert held is not None
        advance(held)
    assert [query["sql"].partition("; ")[2][:6] for query in sent.captured_queries] == [
        "SELECT",
        "SELECT",
        "UPDATE",
    ]
    assert look_up(alice, run_id).looks == 1


def test_of_a_step_s_time_counts_what_passed_since_its_lease_began(connected: Cast, mce: Sandbox) -> None:
    """Otherwise a call could still be on the wire when somebody else has the run."""
    alice = connected.alice.caller
    mce.hold()
    run_id = submit(alice, SQL)
    drive(alice, run_id, until="executing")
    record.wake(tenant_id=alice.tenant_id, run_id=run_id)
    held, turn, before = claim_next(Run), Turn(), len(mce.calls("Retrieve"))
    assert held is not None
    turn.began -= settings.STEP_DEADLINE_SECONDS
    take_step(held, turn)
    run = look_up(alice, run_id)
    assert (len(mce.calls("Retrieve")) - before, run.looks, run.last_trouble) == (0, 0, "mce_unreachable")


def test_a_step_into_a_new_stage_is_one_statement_with_its_event(connected: Cast) -> None:
    alice = connected.alice.caller
    held, turn = claim(alice, submit(alice, SQL)), Turn()
    assert take_step(held, turn)
    with CaptureQueriesContext(connection) as sent:
        record.go_on(held, changes={}, stage=Stage.EXECUTING)
    assert len(sent) == 1
    with tenant_scope(alice.tenant_id):
        event = Event.objects.filter(subject_id=held.row_id).latest("sequence")
        assert (event.data, event.sequence) == (
            {"status": "running", "stage": "executing"},
            Run.objects.get(id=held.row_id).sequence,
        )


# What no step asks for: the lease, what events need, and how long the queue took.
NOT_KEPT = {"wake_at", "held_by", "sequence", "running_at", "expires_at", "sealed_sql", "sealed_mce_message", "claims"}


def differences(held: Claim, turn: Turn, row: Any) -> list[str]:
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in NOT_KEPT]
    return [name for name in names if getattr(turn.run, name) != getattr(row, name)]
