"""Limits, keys and targets under many requests at once."""

from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from django.conf import settings
from django.db.models.functions import Now
from redis import Redis

from leases.claims import Claim
from shell_query.engine import record
from shell_query.engine.outcomes import Ended
from shell_query.engine.record import ClaimLost
from shell_query.errors import TargetBusy, TooManyRuns
from shell_query.models import Run
from shell_query.serializers import submitted
from shell_query.services import NewRun, NewTarget, cancel_run, submit_run
from shell_query.states import Status
from shell_query.targets import UpdateType
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.errors import UserDeactivated
from tenants.services.audit import SYSTEM
from tenants.services.members import change_member
from tests.cast import Cast
from tests.rows import make_run
from tests.shell_query.driver import claim, look_up, submit
from tests.threads import at_once, until_waited_for

NEW = NewRun("SELECT StoreID FROM Stores")
FAILED = Ended(Status.FAILED, error_code="query_failed", error_message="It failed.")


def runs_of(caller: Caller) -> int:
    with tenant_scope(caller.tenant_id):
        return Run.objects.for_caller(caller).count()


def test_of_fifty_submissions_at_once_exactly_ten_become_runs(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    outcomes = at_once(50, lambda _: submit_run(caller=alice, new=NEW, idempotency_key=None, answer=submitted))
    refused = [outcome for outcome in outcomes if isinstance(outcome, TooManyRuns)]
    assert (len(outcomes) - len(refused), len(refused), runs_of(alice)) == (10, 40, 10)


def test_of_fifty_submissions_at_once_with_one_key_exactly_one_becomes_a_run(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    outcomes = at_once(50, lambda _: submit_run(caller=alice, new=NEW, idempotency_key="k", answer=submitted))
    answers = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert len(answers) == 50
    assert len({answer["runId"] for answer, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 49
    assert runs_of(alice) == 1


def test_whoever_is_deactivated_while_they_submit_leaves_no_run_behind(cast: Cast, redis: Redis) -> None:
    bob = cast.bob.caller

    def act(number: int) -> None:
        if number == 4:
            change_member(tenant_id=bob.tenant_id, user_id=bob.user_id, actor=SYSTEM, active=False)
        else:
            submit(bob, NEW.sql_text)

    refused = [outcome for outcome in at_once(9, act) if outcome is not None]
    assert {type(outcome) for outcome in refused} <= {UserDeactivated}
    with tenant_scope(bob.tenant_id):
        assert Run.objects.active().count() == 0
    with pytest.raises(UserDeactivated):
        submit(bob, NEW.sql_text)


def test_whoever_is_deactivated_while_their_runs_are_sealed_anew_keeps_nobody_from_it(cast: Cast, redis: Redis) -> None:
    """Both lock several runs: in one order, or each waits for the other's. The newest has the last key here."""
    bob = cast.bob.caller
    with tenant_scope(bob.tenant_id):
        for age, run_id in enumerate(sorted(make_run(bob) for _ in range(2))):
            Run.objects.filter(id=run_id).update(created_at=Now() - timedelta(hours=1 - age))

    def act(number: int) -> None:
        if number == 0:
            with tenant_scope(bob.tenant_id):
                keys = Run.objects.order_by("pk").values_list("pk", flat=True)
                one, other = (keys.select_for_update(no_key=True).filter(pk=key) for key in keys)
                assert len(one) == 1
                locked.set()
                until_waited_for()
                assert len(other) == 1
        else:
            assert locked.wait(timeout=60)
            change_member(tenant_id=bob.tenant_id, user_id=bob.user_id, actor=SYSTEM, active=False)

    locked = Event()
    assert at_once(2, act) == [None, None]


def test_a_cancel_and_an_end_at_once_leave_one_final_state_with_one_event(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    # A canceled one keeps its place in the business unit while its lease lasts, and there are so many places.
    for _ in range(settings.MCE_CALLS_PER_UNIT):
        run_id = submit(alice, NEW.sql_text)
        held_claim = claim(alice, run_id)

        def act(number: int, run_id: UUID = run_id, held_claim: Claim = held_claim) -> None:
            if number == 0:
                cancel_run(caller=alice, run_id=run_id)
            else:
                with tenant_scope(alice.tenant_id):
                    record.end(held_claim, FAILED)

        outcomes = at_once(2, act)
        run = look_up(alice, run_id)
        lost = [type(outcome).__name__ for outcome in outcomes if isinstance(outcome, Exception)]
        assert lost in (["RunEnded"], [ClaimLost.__name__])
        assert run.status == ("failed" if lost == ["RunEnded"] else "canceled")
        assert run.sequence == 2


def test_a_worker_whose_run_was_canceled_writes_nothing_more(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    run_id = submit(alice, NEW.sql_text)
    held_claim = claim(alice, run_id)
    cancel_run(caller=alice, run_id=run_id)
    (outcome,) = at_once(1, lambda _: record.give_back(held_claim, changes={"query_id": "late"}, seconds=1))
    assert isinstance(outcome, ClaimLost)
    assert look_up(alice, run_id).query_id == ""


@pytest.mark.parametrize("update_type", ["Overwrite", "Update"])
def test_of_twenty_writers_of_one_target_at_once_exactly_one_becomes_a_run(
    cast: Cast, redis: Redis, update_type: str
) -> None:
    """Alice and Bob, in whatever case they write the key."""
    callers = (cast.alice.caller, cast.bob.caller)

    def act(number: int) -> object:
        key = "audience" if number % 4 < 2 else "AUDIENCE"
        new = NewRun(NEW.sql_text, target=NewTarget(key, UpdateType(update_type)))
        return submit_run(caller=callers[number % 2], new=new, idempotency_key=None, answer=submitted)

    outcomes = at_once(20, act)
    refused = [outcome for outcome in outcomes if isinstance(outcome, TargetBusy)]
    assert (len(outcomes) - len(refused), len(refused)) == (1, 19)
    assert sum(map(runs_of, callers)) == 1


def test_appends_at_once_all_become_runs_and_an_overwrite_among_them_is_alone_or_refused(
    cast: Cast, redis: Redis
) -> None:
    callers = (cast.alice.caller, cast.bob.caller)

    def act(number: int) -> object:
        update_type = UpdateType.OVERWRITE if number == 0 else UpdateType.APPEND
        new = NewRun(NEW.sql_text, target=NewTarget("audience", update_type))
        return submit_run(caller=callers[number % 2], new=new, idempotency_key=None, answer=submitted)

    outcomes = at_once(16, act)
    refused = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, TargetBusy)]
    assert refused in ([0], list(range(1, 16)))
    assert sum(map(runs_of, callers)) == 16 - len(refused)
