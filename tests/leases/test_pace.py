"""So many runs of a business unit at once, the units in turn, an enterprise's first, and nobody for ever last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now, Random

from leases import turns, workers
from leases.claiming import claim_new, claim_next
from leases.claims import Claim
from leases.pace import ENTERPRISE_SHARE, ENTERPRISE_START_SECONDS, PASSED_OVER_SECONDS
from leases.services import begin, claim_due, claimed_by, leave_steps_of
from shell_query.models import Run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import Plan
from tests.cast import Cast
from tests.leases.crowd import crowd, flying, land, newcomer, pause, unpause, whose
from tests.threads import at_once

HOUR = 3600.0


@pytest.fixture(autouse=True)
def cap(settings: Any) -> int:
    settings.MCE_CALLS_PER_UNIT = 5
    return 5


def ids(claims: list[Claim]) -> set[UUID]:
    return {claim.row_id for claim in claims}


# So many at once


def test_of_one_unit_only_so_many_are_claimed_until_some_are_given_back(cast: Cast) -> None:
    crowd(cast.alice.caller, 20)
    first = claim_due(Run, most=100)
    assert (len(first), len(claim_due(Run, most=100))) == (5, 0)
    land(first[:2])
    assert len(claim_due(Run, most=100)) == 2


def test_colleagues_share_what_their_unit_may_have(cast: Cast) -> None:
    crowd(cast.alice.caller, 4)
    crowd(cast.bob.caller, 4)
    assert len(claim_due(Run, most=100)) == 5


def test_a_claim_whose_lease_has_ended_does_not_count(cast: Cast, settings: Any) -> None:
    crowd(cast.alice.caller, 20)
    settings.LEASE_SECONDS = 0
    claim_due(Run, most=100)
    settings.LEASE_SECONDS = 30
    assert len(claim_due(Run, most=100)) == 5


def test_the_steps_of_a_worker_that_died_take_no_place_and_keep_their_leases(cast: Cast, monkeypatch: Any) -> None:
    crowd(cast.alice.caller, 20)
    claims = claim_due(Run, most=100)
    for number, claim in enumerate(claims):
        monkeypatch.setattr(workers, "_name", "worker@one" if number < 3 else "worker@two")
        assert begin(Run, claim)
    assert leave_steps_of("worker@one") == 3
    others = claim_due(Run, most=100)
    assert (len(others), ids(others) & ids(claims)) == (3, set())
    assert leave_steps_of("worker@one") == 0


def test_a_message_that_waits_for_a_worker_that_died_keeps_its_place(cast: Cast) -> None:
    crowd(cast.alice.caller, 20)
    claim_due(Run, most=100)
    assert leave_steps_of(workers.name()) == 0
    assert claim_due(Run, most=100) == []


def test_one_that_was_thought_dead_and_goes_on_has_its_place_again(cast: Cast) -> None:
    crowd(cast.alice.caller, 20)
    claims = claim_due(Run, most=100)
    for claim in claims:
        begin(Run, claim)
    leave_steps_of(workers.name())
    for claim in claims:
        assert begin(Run, claim)
    assert claim_due(Run, most=100) == []


def test_the_longest_due_of_a_unit_go_first(cast: Cast) -> None:
    alice = cast.alice.caller
    crowd(alice, 10, waited=10)
    old = crowd(alice, 5, waited=HOUR)
    assert ids(claim_due(Run, most=100)) == set(old)


def test_ticks_workers_and_rings_at_once_never_have_more_in_flight(cast: Cast, cap: int) -> None:
    """For ten rounds each claims, looks how many are in flight, and gives back what it has."""
    alice, mallory = cast.alice.caller, cast.mallory.caller
    crowd(alice, 200)
    crowd(mallory, 200)
    fresh = crowd(mallory, 80, waited=-HOUR)

    def act(number: int) -> tuple[int, int]:
        claimed, seen = 0, 0
        for turn in range(10):
            if number % 4 == 1:
                claims = claim_due(Run, most=100)
            elif number % 4 == 3:
                claims = [own] if (own := claim_next(Run)) else []
            else:
                row = fresh[(number // 2) * 10 + turn]
                ring = claim_new(Run, tenant_id=mallory.tenant_id, row_id=row)
                claims = [ring] if ring else []
            claimed += len(claims)
            seen = max(seen, flying(alice), flying(mallory))
            land(claims)
        return claimed, seen

    outcomes = at_once(16, act)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert max(seen for _, seen in outcomes) <= cap  # type: ignore[misc]
    assert sum(claimed for claimed, _ in outcomes) >= 2 * cap  # type: ignore[misc]


# Rings


def ring(caller: Caller, row_id: UUID) -> bool:
    return claim_new(Run, tenant_id=caller.tenant_id, row_id=row_id) is not None


def test_a_ring_is_heard_while_there_is_room(cast: Cast) -> None:
    alice = cast.alice.caller
    assert [ring(alice, row_id) for row_id in crowd(alice, 7, waited=-2)] == [True] * 5 + [False] * 2


def test_a_ring_does_not_jump_the_line(cast: Cast) -> None:
    alice = cast.alice.caller
    crowd(alice, 1, waited=PASSED_OVER_SECONDS + 1)
    (new,) = crowd(alice, 1, waited=-2)
    assert not ring(alice, new)


@pytest.mark.parametrize("seconds", [60, -1])
def test_a_ring_for_a_unit_that_is_or_was_just_paused_is_left_to_the_tick(cast: Cast, seconds: float) -> None:
    alice = cast.alice.caller
    (new,) = crowd(alice, 1, waited=-2)
    pause(alice, seconds=seconds)
    assert not ring(alice, new)


# Pauses


def test_of_a_paused_unit_nothing_is_claimed_and_of_others_as_ever(cast: Cast) -> None:
    crowd(cast.alice.caller, 10)
    quiet = crowd(cast.mallory.caller, 2)
    pause(cast.alice.caller, seconds=60)
    assert ids(claim_due(Run, most=100)) == set(quiet)


def test_after_its_pause_a_unit_has_one_at_a_time_and_all_again_once_it_is_closed(cast: Cast) -> None:
    alice = cast.alice.caller
    crowd(alice, 10)
    pause(alice, seconds=-1)
    probe = claim_due(Run, most=100)
    assert (len(probe), len(claim_due(Run, most=100))) == (1, 0)
    land(probe)
    unpause(alice)
    assert len(claim_due(Run, most=100)) == 5


def test_what_is_over_is_claimed_whatever_its_unit(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    crowd(alice, 10)
    late = crowd(mallory, 2, waited=-HOUR)
    claim_due(Run, most=100)
    pause(mallory, seconds=60)
    with tenant_scope(mallory.tenant_id):
        Run.objects.filter(id__in=late).update(expires_at=Now() - timedelta(seconds=1))
    assert ids(claim_due(Run, most=100)) == set(late)


# Turns


def test_beside_five_hundred_runs_of_one_tenant_anothers_first_run_is_in_the_very_next_claim(cast: Cast) -> None:
    noisy, quiet = cast.alice.caller, cast.mallory.caller
    crowd(noisy, 500, waited=HOUR)
    assert whose(claim_due(Run, most=100), noisy) == [0] * 5
    crowd(quiet, 1)
    assert whose(claim_due(Run, most=100), noisy, quiet) == [1]


def test_units_take_turns_however_long_the_line_of_one(cast: Cast) -> None:
    noisy, quiet = cast.alice.caller, cast.mallory.caller
    crowd(noisy, 100, waited=HOUR)
    crowd(quiet, 3)
    assert whose(claim_due(Run, most=6), noisy, quiet) == [0, 1, 0, 1, 0, 1]


def test_what_is_in_flight_counts_as_a_turn(cast: Cast) -> None:
    noisy, quiet = cast.alice.caller, cast.mallory.caller
    crowd(noisy, 100, waited=HOUR)
    claim_due(Run, most=3)
    crowd(quiet, 3)
    assert whose(claim_due(Run, most=4), noisy, quiet) == [1, 1, 1, 0]


def test_among_thirty_noisy_units_a_quiet_ones_run_waits_one_round_of_them_at_most(cast: Cast) -> None:
    for number in range(30):
        crowd(newcomer(number), 20, waited=HOUR)
    (run_id,) = crowd(cast.alice.caller, 1)
    rounds = [ids(claim_due(Run, most=10)) for _ in range(4)]
    assert run_id in set.union(*rounds)


def test_while_one_tick_claims_from_a_unit_another_claims_from_those_that_follow(cast: Cast) -> None:
    for number in range(3):
        crowd(newcomer(number), 2, waited=HOUR - number)
    with transaction.atomic():
        first = claim_due(Run, most=1)
        (others,) = at_once(1, lambda _: claim_due(Run, most=2))
    assert whose([*first, *others], *map(newcomer, range(3))) == [0, 1, 2]  # type: ignore[misc]


def test_a_worker_of_an_earlier_release_names_a_row_and_has_only_those_of_its_unit(cast: Cast) -> None:
    crowd(cast.mallory.caller, 3, waited=HOUR)
    mine = crowd(cast.alice.caller, 7)
    asked = [100, 30.0, 0.5, 5, ENTERPRISE_SHARE, ENTERPRISE_START_SECONDS]
    assert claimed_by(Run, "claim_due", [*asked, uuid4()]) == []
    claims = claimed_by(Run, "claim_due", [*asked, mine[0]])
    assert (len(claims), ids(claims) - set(mine)) == (5, set())


# Far back in the line


def wall(callers: list[Caller], *, waited: float) -> None:
    """More rows than a claim looks at before it looks at all units."""
    for caller in callers:
        crowd(caller, turns.REACH // len(callers) + 1, waited=waited)


@pytest.mark.parametrize("held_back", ["paused", "full"])
def test_behind_any_number_that_must_wait_the_others_are_found_in_their_order(cast: Cast, held_back: str) -> None:
    noisy, older, younger = cast.alice.caller, cast.mallory.caller, newcomer(0)
    wall([noisy], waited=2 * HOUR)
    if held_back == "paused":
        pause(noisy, seconds=60)
    else:
        crowd(noisy, 5, waited=3 * HOUR)
        claim_due(Run, most=100)
    crowd(younger, 2, waited=10)
    crowd(older, 2, waited=HOUR)
    assert whose(claim_due(Run, most=3), noisy, older, younger) == [1, 2, 1]


def test_behind_many_whose_second_row_is_due_the_first_of_others_goes_before(cast: Cast) -> None:
    busy = [newcomer(number) for number in range(4)]
    wall(busy, waited=HOUR)
    claim_due(Run, most=4)
    crowd(cast.alice.caller, 2)
    assert whose(claim_due(Run, most=2), cast.alice.caller, *busy) == [0, 1]


@pytest.mark.parametrize(("waited", "first"), [(ENTERPRISE_START_SECONDS - 5, 1), (ENTERPRISE_START_SECONDS + 5, 0)])
def test_an_enterprises_run_goes_before_any_number_that_has_not_waited_long(
    cast: Cast, waited: float, first: int
) -> None:
    pros = [newcomer(number) for number in range(3)]
    wall(pros, waited=waited)
    enterprise = newcomer(9, Plan.ENTERPRISE)
    crowd(enterprise, 1)
    (claim,) = claim_due(Run, most=1)
    assert (claim.tenant_id == enterprise.tenant_id) is bool(first)


def test_who_has_waited_behind_many_that_must_wait_goes_before_enterprises_that_have_not(cast: Cast) -> None:
    noisy, patient = cast.alice.caller, cast.mallory.caller
    wall([noisy], waited=2 * HOUR)
    claim_due(Run, most=5)
    for number in range(3):
        crowd(newcomer(number, Plan.ENTERPRISE), 1)
    crowd(patient, 1, waited=HOUR)
    assert whose(claim_due(Run, most=1), noisy, patient) == [1]


# Plans


@pytest.fixture
def enterprise(cast: Cast) -> Caller:
    return newcomer(1, Plan.ENTERPRISE)


def test_an_enterprises_run_goes_first_under_load(cast: Cast, enterprise: Caller) -> None:
    pro = cast.alice.caller
    crowd(pro, 1, waited=ENTERPRISE_START_SECONDS - 5)
    crowd(enterprise, 1)
    assert whose(claim_due(Run, most=2), pro, enterprise) == [1, 0]


def test_who_has_waited_long_enough_goes_before_an_enterprises_fresh_run(cast: Cast, enterprise: Caller) -> None:
    pro = cast.alice.caller
    crowd(pro, 1, waited=ENTERPRISE_START_SECONDS + 5)
    crowd(enterprise, 1)
    assert whose(claim_due(Run, most=2), pro, enterprise) == [0, 1]


def test_an_enterprise_has_several_runs_a_turn_and_others_still_have_theirs(cast: Cast, enterprise: Caller) -> None:
    pro = cast.alice.caller
    crowd(pro, 5)
    crowd(enterprise, 5)
    turns = whose(claim_due(Run, most=10), pro, enterprise)
    assert turns == [1] * ENTERPRISE_SHARE + [0, 1] + [0] * 4


def test_under_a_stream_of_enterprise_runs_a_pro_run_is_claimed_once_it_has_waited(cast: Cast) -> None:
    """Each tick has room for one, and there is always a fresh enterprise with nothing in flight."""
    pro = cast.alice.caller
    crowd(pro, 1)
    customers = [newcomer(number, Plan.ENTERPRISE) for number in range(8)]
    claimed: list[int] = []
    for customer in customers:
        crowd(customer, 1)
        claimed += whose(claim_due(Run, most=1), pro, customer)
        with tenant_scope(pro.tenant_id):  # nine seconds pass
            Run.objects.update(wake_at=Now() - timedelta(seconds=9.0 * len(claimed)))
        if 0 in claimed:
            break
    assert claimed == [1, 1, 1, 1, 0]


# What it costs

MANY = """
    INSERT INTO shell_query_run (
        id, tenant_id, user_id, business_unit_id, status, stage, sequence, flow, snippet_name, sql_text_hash, order_by,
        name_attempt, data_extension_name, data_extension_id, query_id, task_id, looks, seen_running, attempts,
        last_trouble, error_code, error_message, abandoned, wake_at, finished_at)
    SELECT gen_random_uuid(), %(tenant)s, %(user)s, %(unit)s, CASE WHEN n <= %(due)s THEN 'queued' ELSE 'canceled' END,
           '', 1, 'temp', '', '', '[]', 0, '', '', '', '', 0, false, 0, '', '', '', false,
           CASE WHEN n <= %(due)s THEN now() - n * interval '1 second' END, CASE WHEN n > %(due)s THEN now() END
      FROM generate_series(1, %(all)s) AS n
"""


@pytest.mark.parametrize(
    "learned", ["what it happens to know", "all were claimed", "none was claimed", "all were over"]
)
@pytest.mark.parametrize(
    ("function", "values"),
    [
        ("claim_due", lambda _: [100, 30.0, 0.0, 10, ENTERPRISE_SHARE, ENTERPRISE_START_SECONDS, None]),
        ("claim_next", lambda _: ["a worker", 30.0, 0.0, 10]),
        ("claim_new", lambda run: [run.tenant_id, run.id, "a worker", 30.0, 10, 3600.0]),
    ],
)
def test_among_a_hundred_thousand_runs_five_thousand_of_them_due_a_claim_reads_a_few_by_index(
    cast: Cast, learned: str, function: str, values: Callable[[Run], list[Any]]
) -> None:
    """Whatever the planner learned. The rows are never committed: it knows no more of these than their pages."""
    with connections["owner"].cursor() as owner:
        owner.execute("TRUNCATE shell_query_run")
    if learned != "what it happens to know":
        crowd(cast.alice.caller, 500)
        if learned == "all were claimed":
            with tenant_scope(cast.alice.caller.tenant_id):
                Run.objects.update(claim_token=uuid4())
        if learned == "all were over":
            with tenant_scope(cast.alice.caller.tenant_id):
                Run.objects.update(expires_at=Now() - Random() * timedelta(days=1))
        with connections["owner"].cursor() as owner:
            owner.execute("ANALYZE shell_query_run")
            owner.execute("TRUNCATE shell_query_run")
    with transaction.atomic(), connection.cursor() as cursor:
        # Autovacuum would look in the middle, and write down that there is no row.
        cursor.execute("LOCK TABLE shell_query_run IN SHARE UPDATE EXCLUSIVE MODE")
        for caller in (cast.alice.caller, cast.mallory.caller):
            mine = {"tenant": caller.tenant_id, "user": caller.user_id, "unit": caller.business_unit_id}
            with tenant_scope(caller.tenant_id):
                cursor.execute(MANY, {**mine, "all": 50_000, "due": 2500})
        with tenant_scope(cast.alice.caller.tenant_id):
            run = Run.objects.filter(wake_at__isnull=False).latest("wake_at")
        before, indexes = reads(cursor), used(cursor)
        assert claimed_by(Run, function, values(run))
        scans, fetched = (after - then for after, then in zip(reads(cursor), before, strict=True))
        indexes ^= used(cursor)
        transaction.set_rollback(True)
    assert scans == 0
    assert fetched < 500, indexes


def used(cursor: Any) -> set[tuple[str, int]]:
    """The indexes that have been read, and how many of their entries."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_stat_get_xact_tuples_returned(indexrelid) FROM pg_index "
        "WHERE indrelid = 'shell_query_run'::regclass AND pg_stat_get_xact_numscans(indexrelid) > 0"
    )
    return set(cursor.fetchall())


def reads(cursor: Any) -> tuple[int, int]:
    """Of the table, by this connection; the rows that were just inserted have been read for their foreign keys."""
    cursor.execute("SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'shell_query_run'")
    scans, fetched = cursor.fetchone()
    return scans, fetched
