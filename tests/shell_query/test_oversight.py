"""What operators may do with anybody's run: once, guarded, and never into the middle of a step."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError
from django.db.models.functions import Now
from redis import Redis

from events.models import Event
from leases.services import begin
from shell_query import services
from shell_query.engine import record
from shell_query.engine.outcomes import Ended
from shell_query.engine.record import ClaimLost
from shell_query.models import Flow, Run
from shell_query.states import FINAL, Status
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import Action, AuditEntry
from tenants.services.audit import Actor
from tests.cast import Cast
from tests.rows import make_run
from tests.shell_query.driver import claim, drive, look_up, submit
from tests.threads import at_once

SQL = "SELECT StoreID FROM Stores"
REASON = "it held up the others"
STAFF: dict[str, Any] = {"actor": Actor.staff("sam"), "what": "Done"}
FAILED = Ended(Status.FAILED, error_code="query_failed", error_message="It failed.")


@pytest.fixture
def alice(cast: Cast, redis: Redis) -> Caller:
    return cast.alice.caller


def change(caller: Caller, run_id: UUID, **fields: object) -> None:
    with tenant_scope(caller.tenant_id):
        assert Run.objects.filter(id=run_id).update(**fields) == 1


def fail(caller: Caller, run_id: UUID) -> bool:
    return services.fail_run(tenant_id=caller.tenant_id, run_id=run_id, reason=REASON, **STAFF)


def ends_of(caller: Caller, run_id: UUID) -> int:
    with tenant_scope(caller.tenant_id):
        return Event.objects.filter(subject_id=run_id, final=True).count()


def test_a_run_is_canceled_once(alice: Caller) -> None:
    run_id = submit(alice, SQL)
    done = [services.cancel_any_run(tenant_id=alice.tenant_id, run_id=run_id, **STAFF) for _ in range(2)]
    assert (done, look_up(alice, run_id).status, ends_of(alice, run_id)) == ([True, False], "canceled", 1)


def test_a_run_is_failed_with_the_reason_that_its_owner_is_shown(alice: Caller) -> None:
    run_id = submit(alice, SQL)
    assert [fail(alice, run_id), fail(alice, run_id)] == [True, False]
    run = look_up(alice, run_id)
    assert (run.status, run.error_code) == ("failed", "ended_by_operator")
    assert run.error_message == f"An operator ended the run: {REASON}"
    assert (run.sealed_sql, run.assets_cleaned_at is None, run.wake_at) == (None, False, None)


def test_a_target_that_may_have_been_written_has_not_simply_failed(alice: Caller) -> None:
    run_id = make_run(alice)
    change(alice, run_id, flow=Flow.TARGET, target_key="t", target_update_type="Append", starts=1)
    assert fail(alice, run_id)
    assert look_up(alice, run_id).error_code == "outcome_unknown"


def test_another_tenants_id_finds_nothing(cast: Cast, alice: Caller) -> None:
    run_id, mallory = submit(alice, SQL), cast.mallory.caller
    for verb in (services.cancel_any_run, services.look_now, services.clean_up_now):
        assert not verb(tenant_id=mallory.tenant_id, run_id=run_id, **STAFF)
    assert not fail(mallory, run_id)
    assert look_up(alice, run_id).status == "queued"


def test_a_wait_is_ended_and_a_step_is_not_disturbed(alice: Caller) -> None:
    run_id = submit(alice, SQL)
    change(alice, run_id, wake_at=Now() + timedelta(hours=1), claims=1)
    done = [services.look_now(tenant_id=alice.tenant_id, run_id=run_id, **STAFF) for _ in range(2)]
    assert done == [True, False]
    run = look_up(alice, run_id)
    assert run.wake_at is not None
    change(alice, run_id, claims=0, claim_token=None, wake_at=Now())
    held = claim(alice, run_id)
    assert begin(Run, held)
    assert not services.look_now(tenant_id=alice.tenant_id, run_id=run_id, **STAFF)
    with tenant_scope(alice.tenant_id):
        assert record.load(held) is not None


def test_an_abandoned_cleanup_is_taken_up_again(connected: Cast, redis: Redis) -> None:
    alice = connected.alice.caller
    run_id = submit(alice, "SELECT CAST(City AS INT) AS Number FROM Stores")
    drive(alice, run_id, until="failed")
    change(alice, run_id, abandoned=True, wake_at=None, claim_token=None)
    assert services.clean_up_now(tenant_id=alice.tenant_id, run_id=run_id, **STAFF)
    cleaned = drive(alice, run_id)
    assert (cleaned.abandoned, cleaned.assets_cleaned_at is None) == (False, False)
    assert not services.clean_up_now(tenant_id=alice.tenant_id, run_id=run_id, **STAFF)


def test_the_cleanup_of_a_canceled_run_waits_for_the_lease_that_was_in_force(alice: Caller) -> None:
    run_id = submit(alice, SQL)
    assert begin(Run, claim(alice, run_id))
    services.cancel_any_run(tenant_id=alice.tenant_id, run_id=run_id, **STAFF)
    assert not services.clean_up_now(tenant_id=alice.tenant_id, run_id=run_id, **STAFF)


def test_of_a_cancel_a_failure_and_an_end_at_once_one_wins_with_one_event(alice: Caller) -> None:
    for _ in range(8):
        run_id = submit(alice, SQL)
        held = claim(alice, run_id)

        def end(number: int, run_id: UUID = run_id, held: object = held) -> bool:
            if number == 0:
                return services.cancel_any_run(tenant_id=alice.tenant_id, run_id=run_id, **STAFF)
            if number == 1:
                return fail(alice, run_id)
            with tenant_scope(alice.tenant_id):
                record.end(held, FAILED)  # type: ignore[arg-type]
            return True

        outcomes = at_once(3, end)
        won = [outcome for outcome in outcomes if outcome is True]
        lost = [outcome for outcome in outcomes if outcome is False or isinstance(outcome, ClaimLost)]
        assert (len(won), len(lost), ends_of(alice, run_id)) == (1, 2, 1)
        assert look_up(alice, run_id).status in FINAL
        # Its cleanup would go before the next claim.
        change(alice, run_id, wake_at=None, claim_token=None)


def test_of_ten_who_end_a_wait_at_once_one_does(alice: Caller) -> None:
    run_id = submit(alice, SQL)
    change(alice, run_id, wake_at=Now() + timedelta(hours=1))
    outcomes = at_once(10, lambda _: services.look_now(tenant_id=alice.tenant_id, run_id=run_id, **STAFF))
    assert [outcomes.count(each) for each in (True, False)] == [1, 9]


# The audit


def wake_later(caller: Caller) -> UUID:
    run_id = submit(caller, SQL)
    change(caller, run_id, wake_at=Now() + timedelta(hours=1))
    return run_id


def end_without_cleanup(caller: Caller) -> UUID:
    run_id = submit(caller, SQL)
    services.cancel_any_run(tenant_id=caller.tenant_id, run_id=run_id, **STAFF)
    change(caller, run_id, assets_cleaned_at=None)
    return run_id


DEEDS: dict[str, tuple[Callable[[Caller], UUID], Callable[..., bool]]] = {
    "cancel": (wake_later, services.cancel_any_run),
    "fail": (wake_later, partial(services.fail_run, reason=REASON)),
    "look": (wake_later, services.look_now),
    "clean up": (end_without_cleanup, services.clean_up_now),
}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_written_down_once_and_one_that_cannot_be_is_not_done(name: str, alice: Caller) -> None:
    prepare, deed = DEEDS[name]
    run_id = prepare(alice)
    before = look_up(alice, run_id)
    with pytest.raises(DataError):
        deed(tenant_id=alice.tenant_id, run_id=run_id, actor=Actor.staff("s" * 101), what=name)
    after = look_up(alice, run_id)
    assert (after.status, after.wake_at, after.sequence) == (before.status, before.wake_at, before.sequence)
    for _ in range(2):
        deed(tenant_id=alice.tenant_id, run_id=run_id, actor=Actor.staff("sam"), what=name)
    with tenant_scope(alice.tenant_id):
        written = AuditEntry.objects.filter(action=Action.STAFF_ACTED, details__what=name)
        assert [(entry.by, entry.subject) for entry in written] == [("sam", str(run_id))] * (
            2 if name == "clean up" else 1
        )
