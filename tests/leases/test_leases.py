"""Claiming: one row, one holder, until the lease ends."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.models import F
from redis import Redis

from leases import ringing, services
from leases.claiming import claim_new
from leases.claims import Claim
from leases.models import held
from leases.services import begin, claim_due
from shell_query.models import Run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.leases.crowd import crowd
from tests.rows import make_run
from tests.threads import at_once

LONG_AGO = timedelta(hours=1)


def row(caller: Caller, claim: Claim) -> Run:
    with tenant_scope(caller.tenant_id):
        return Run.objects.get(id=claim.row_id)


def end_lease(claim: Claim) -> None:
    """As if the time of the lease had passed."""
    with tenant_scope(claim.tenant_id):
        Run.objects.filter(id=claim.row_id).update(wake_at=F("wake_at") - LONG_AGO)


def test_due_rows_of_every_tenant_are_claimed(cast: Cast) -> None:
    made = {make_run(person.caller) for person in (cast.alice, cast.bob, cast.mallory)}
    claims = claim_due(Run, most=10)
    assert {claim.row_id for claim in claims} == made
    assert {claim.tenant_id for claim in claims} == {cast.alice.caller.tenant_id, cast.mallory.caller.tenant_id}


def test_a_row_that_is_not_due_is_left_alone(cast: Cast) -> None:
    run_id = make_run(cast.alice.caller)
    with tenant_scope(cast.alice.caller.tenant_id):
        Run.objects.filter(id=run_id).update(wake_at=F("wake_at") + timedelta(minutes=1))
    assert claim_due(Run, most=10) == []


def test_the_longest_due_come_first_and_no_more_than_asked_for(cast: Cast) -> None:
    made = [make_run(cast.alice.caller) for _ in range(5)]
    with tenant_scope(cast.alice.caller.tenant_id):
        Run.objects.filter(id=made[3]).update(wake_at=F("wake_at") - LONG_AGO)
    claims = claim_due(Run, most=2)
    assert len(claims) == 2
    assert made[3] in {claim.row_id for claim in claims}


def test_eight_ticks_at_once_claim_every_row_once(cast: Cast, settings: Any) -> None:
    settings.MCE_CALLS_PER_UNIT = 80
    made = [make_run(cast.alice.caller) for _ in range(80)]
    outcomes = at_once(8, lambda _: claim_due(Run, most=80))
    claimed = [claim.row_id for outcome in outcomes if isinstance(outcome, list) for claim in outcome]
    assert sorted(claimed) == sorted(made)


def test_a_claimed_row_is_not_claimed_again_until_its_lease_ends(cast: Cast) -> None:
    make_run(cast.alice.caller)
    (first,) = claim_due(Run, most=10)
    assert claim_due(Run, most=10) == []
    end_lease(first)
    (second,) = claim_due(Run, most=10)
    assert (second.row_id, second.token == first.token) == (first.row_id, False)


def test_a_lease_that_still_runs_is_not_cut_short_by_claiming_early(cast: Cast, settings: Any) -> None:
    settings.LEASE_SECONDS = 0.4  # ends within the half second that ticks claim ahead
    make_run(cast.alice.caller)
    assert len(claim_due(Run, most=10)) == 1
    assert claim_due(Run, most=10) == []


def test_whoever_lost_the_claim_neither_begins_nor_writes(cast: Cast) -> None:
    alice = cast.alice.caller
    make_run(alice)
    (first,) = claim_due(Run, most=10)
    end_lease(first)
    (second,) = claim_due(Run, most=10)
    assert (begin(Run, first), begin(Run, second)) == (False, True)
    with tenant_scope(alice.tenant_id):
        assert Run.objects.filter(held(first)).update(looks=9) == 0
        assert Run.objects.filter(held(second)).update(looks=9) == 1


def test_a_lease_that_ends_in_the_middle_of_a_step_is_counted(cast: Cast) -> None:
    alice = cast.alice.caller
    make_run(alice)
    for lapses in range(3):
        (claim,) = claim_due(Run, most=10)
        assert row(alice, claim).lapses == lapses
        begin(Run, claim)
        end_lease(claim)


def test_a_message_that_never_arrived_is_not_held_against_the_row(cast: Cast) -> None:
    make_run(cast.alice.caller)
    (claim,) = claim_due(Run, most=10)
    end_lease(claim)
    (again,) = claim_due(Run, most=10)
    assert row(cast.alice.caller, again).lapses == 0


def test_of_eight_rings_for_a_new_row_one_claims_it(cast: Cast) -> None:
    alice = cast.alice.caller
    run_id = make_run(alice)
    outcomes = at_once(8, lambda _: claim_new(Run, tenant_id=alice.tenant_id, row_id=run_id))
    assert [isinstance(outcome, Claim) for outcome in outcomes].count(True) == 1


def test_a_ring_for_a_row_that_is_not_there_or_anothers_claims_nothing(cast: Cast) -> None:
    run_id = make_run(cast.alice.caller)
    mallory = cast.mallory.caller.tenant_id
    assert claim_new(Run, tenant_id=mallory, row_id=run_id) is None
    assert claim_new(Run, tenant_id=mallory, row_id=uuid4()) is None


def test_the_tick_rings_for_what_it_claimed_and_no_secret_is_in_the_message(cast: Cast, redis: Redis) -> None:
    (run_id,) = crowd(cast.alice.caller, 1, waited=1)
    assert ringing.tick() == 1
    (message,) = redis.lrange("runs", 0, -1)
    assert isinstance(message, bytes)
    headers = message.decode()
    assert str(run_id) in headers
    assert "sql" not in headers.lower().replace("shell_query", "")


def test_two_ticks_ring_once(cast: Cast, redis: Redis) -> None:
    crowd(cast.alice.caller, 1, waited=1)
    assert (ringing.tick(), ringing.tick(), redis.llen("runs")) == (1, 0, 1)


def test_the_tick_claims_no_more_than_the_queue_has_room_for(cast: Cast, redis: Redis, settings: Any) -> None:
    settings.WORKER_SLOTS = 20
    crowd(cast.alice.caller, 9, waited=1)
    assert (ringing.tick(), ringing.tick(), redis.llen("runs")) == (4, 0, 4)


def test_a_claim_that_could_not_be_rung_for_is_given_back(cast: Cast) -> None:
    make_run(cast.alice.caller)
    (claim,) = claim_due(Run, most=10)
    services.give_back(Run, claim)
    (again,) = claim_due(Run, most=10)
    assert (again.row_id, row(cast.alice.caller, again).claims) == (claim.row_id, 1)


@pytest.mark.parametrize(
    "function",
    [
        "shell_query_unitsweep_claim_due(int, float, float)",
        "shell_query_run_claim_due(int, float, float, int, int, float, uuid)",
        "shell_query_run_claim_next(text, float, float, int)",
        "shell_query_run_claim_new(uuid, uuid, text, float, int, float)",
        "shell_query_run_take(uuid, uuid, uuid, text, float)",
        "shell_query_unitsweep_take(uuid, uuid, uuid, text, float)",
    ],
)
def test_nobody_but_the_runtime_role_may_claim(cast: Cast, function: str) -> None:
    with connections["operator"].cursor() as cursor:
        cursor.execute("SELECT has_function_privilege(%s, 'execute')", [function])
        assert cursor.fetchone() == (False,)
