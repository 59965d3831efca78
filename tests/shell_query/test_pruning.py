"""Pruning: ended runs past their time go with their events, in batches, and never another tenant's."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from events.models import Event, IdempotencyKey
from shell_query.models import Run
from shell_query.services import pruning
from shell_query.services.pruning import Pruned, past_their_time, prune_all, prune_tenant
from shell_query.tasks import prune
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import RefreshFamily
from tests.cast import Cast
from tests.plans import MANY, index_used
from tests.rows import make, make_run
from tests.threads import at_once

OLD = timedelta(days=91)
CLEANED = {"assets_cleaned_at": Now()}


def make_ended(caller: Caller, *, age: timedelta = OLD, **fields: Any) -> UUID:
    """A canceled run with two events; by default one that may go."""
    run_id: UUID = make_run(caller)
    ended = {"status": "canceled", "sealed_sql": None, "wake_at": None, "finished_at": Now() - age}
    with tenant_scope(caller.tenant_id):
        Run.objects.filter(id=run_id).update(**{**ended, **(fields or CLEANED)})
    for sequence in (1, 2):
        make(Event, subject_id=run_id, sequence=sequence, name="status", data={})(caller)
    return run_id


def kept(caller: Caller) -> tuple[set[UUID], set[UUID]]:
    """The runs, and the subjects of the events."""
    with tenant_scope(caller.tenant_id):
        return (
            set(Run.objects.values_list("id", flat=True)),
            set(Event.objects.values_list("subject_id", flat=True)),
        )


def test_old_runs_go_with_their_events(cast: Cast) -> None:
    make_ended(cast.alice.caller)
    make_ended(cast.bob.caller)
    young = make_ended(cast.alice.caller, age=timedelta(days=89))
    assert prune_all() == Pruned(runs=2, idempotency_keys=0, refresh_families=0)
    assert kept(cast.alice.caller) == ({young}, {young})


def test_a_run_whose_assets_may_still_stand_stays_unless_it_was_abandoned(cast: Cast) -> None:
    waits = make_ended(cast.alice.caller, assets_cleaned_at=None, wake_at=Now())
    make_ended(cast.alice.caller, abandoned=True)
    prune_all()
    assert kept(cast.alice.caller) == ({waits}, {waits})


def test_an_active_run_stays_however_old(cast: Cast) -> None:
    run_id = make_run(cast.alice.caller)
    with tenant_scope(cast.alice.caller.tenant_id):
        Run.objects.update(created_at=Now() - OLD)
    prune_all()
    assert kept(cast.alice.caller)[0] == {run_id}


def test_how_long_runs_are_kept_is_a_setting(cast: Cast, settings: Any) -> None:
    settings.RUN_RETENTION_DAYS = 1
    make_ended(cast.alice.caller, age=timedelta(hours=25))
    assert prune_all().runs == 1


def test_one_tenants_pruning_leaves_anothers_rows_alone(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    make_ended(alice)
    theirs = make_ended(mallory)
    prune_tenant(alice.tenant_id)
    assert (kept(alice), kept(mallory)) == ((set(), set()), ({theirs}, {theirs}))


def test_all_tenants_are_pruned_of_keys_and_sign_ins_too(cast: Cast) -> None:
    for caller in (cast.alice.caller, cast.mallory.caller):
        make(IdempotencyKey, user_id=caller.user_id, key="old", request_hash="h", created_at=Now() - OLD)(caller)
        make(
            RefreshFamily,
            user_id=caller.user_id,
            business_unit_id=caller.business_unit_id,
            scopes=[],
            hashed_token_id="x",
            expires_at=Now() - OLD,
        )(caller)
    assert prune_all() == Pruned(runs=0, idempotency_keys=2, refresh_families=2)


def test_many_go_in_batches_each_in_a_transaction_of_its_own(cast: Cast, monkeypatch: Any) -> None:
    batches: list[int] = []

    def forget_two() -> int:
        batches.append(pruning.forget_runs(most=2))
        return batches[-1]

    for _ in range(5):
        make_ended(cast.alice.caller)
    assert pruning.until_none(cast.alice.caller.tenant_id, forget_two) == 5
    assert batches == [2, 2, 1, 0]
    assert kept(cast.alice.caller) == (set(), set())


def test_a_batch_that_fails_is_whole_or_not_at_all(cast: Cast) -> None:
    run_id = make_ended(cast.alice.caller)

    def fail_at_the_end() -> int:
        pruning.forget_runs()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pruning.until_none(cast.alice.caller.tenant_id, fail_at_the_end)
    assert kept(cast.alice.caller) == ({run_id}, {run_id})


def test_four_prunings_at_once_delete_each_run_once(cast: Cast) -> None:
    for _ in range(40):
        make_ended(cast.alice.caller)
    outcomes = at_once(4, lambda _: prune_tenant(cast.alice.caller.tenant_id))
    assert sum(outcome.runs for outcome in outcomes if isinstance(outcome, Pruned)) == 40
    assert kept(cast.alice.caller) == (set(), set())


def test_the_runs_are_found_by_an_index(cast: Cast) -> None:
    alice = cast.alice.caller
    with tenant_scope(alice.tenant_id):
        Run.objects.bulk_create(
            Run(
                tenant_id=alice.tenant_id,
                user_id=alice.user_id,
                business_unit_id=alice.business_unit_id,
                status="canceled",
                finished_at=Now(),
                assets_cleaned_at=Now(),
            )
            for _ in range(MANY)
        )
    assert index_used(alice, past_their_time(), "run_finished")


def test_the_task_and_the_command_do_it(cast: Cast) -> None:
    make_ended(cast.alice.caller)
    prune()
    make_ended(cast.alice.caller)
    out = StringIO()
    call_command("prune", stdout=out)
    assert out.getvalue() == "1 runs, 0 idempotency keys and 0 ended sign-ins are deleted.\n"
