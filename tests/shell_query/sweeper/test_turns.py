"""A sweep goes on turn by turn, each claimed by one; trouble is waited out, and stops neither the rest nor others."""

from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models.functions import Now
from prometheus_client import REGISTRY

from leases.services import claim_due
from mce_bridge.errors import Paused
from mce_bridge.models import Connection, State
from shell_query.errors import WorkerKept
from shell_query.models import UnitSweep
from shell_query.services.sweeping import sweep_now
from shell_query.sweeper import turn
from shell_query.sweeper.assets import DATA_EXTENSION, Asset
from shell_query.sweeper.turn import Tally, Turn, remove, take_turn
from shell_query.tasks import sweep_unit
from tenants.context import tenant_scope
from tenants.encryption import CannotUnseal
from tests.sandbox import Sandbox
from tests.shell_query.sweeper.units import SweptUnit
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("any_age")

HOUR = timedelta(hours=1)


def deletions(mce: Sandbox) -> list[tuple[str, str]]:
    return sorted((call["key"], call["outcome"]) for call in mce.calls("Delete"))


def test_many_are_removed_in_several_turns_each_under_a_claim_of_its_own(americas: SweptUnit, monkeypatch: Any) -> None:
    monkeypatch.setattr(turn, "MOST", 2)
    for _ in range(5):
        americas.make_data_extension()
    assert take_turn(americas.ring()) is Turn.MORE
    between = americas.row()
    assert (between.deleted, between.claim_token, between.began_at is None) == (2, None, False)
    for outcome in (Turn.MORE, Turn.DONE):
        (claim,) = claim_due(UnitSweep, most=10)
        assert take_turn(claim) is outcome
    after = americas.row()
    assert (after.deleted, after.wake_at, after.began_at, americas.names) == (5, None, None, set())
    assert after.swept_at is not None


def test_the_next_sweep_counts_from_the_beginning(americas: SweptUnit) -> None:
    for expected in (2, 1, 0):
        for _ in range(expected):
            americas.make_data_extension()
        assert sweep_now(americas.unit).deleted == expected


def test_a_message_delivered_four_times_takes_one_turn(americas: SweptUnit, mce: Sandbox) -> None:
    americas.make_data_extension()
    claim = americas.ring()
    message = {"tenant_id": str(claim.tenant_id), "row_id": str(claim.row_id), "claim_token": str(claim.token)}
    assert at_once(4, lambda _: sweep_unit(**message)) == [None] * 4
    assert (americas.row().deleted, americas.names, len(mce.calls("Delete"))) == (1, set(), 1)


def test_two_sweeps_at_once_delete_each_asset_once(americas: SweptUnit, mce: Sandbox) -> None:
    for _ in range(10):
        americas.make_data_extension()
    mce.dial(latency_ms=20)
    outcomes = at_once(4, lambda _: sweep_now(americas.unit).turn)
    assert set(outcomes) <= {Turn.DONE, Turn.LOST}
    assert Turn.DONE in outcomes
    keys = [key for key, outcome in deletions(mce) if outcome == "OK"]
    assert (len(keys), len(set(keys)), len(mce.calls("Delete"))) == (10, 10, 10)


def test_whoever_lost_the_claim_asks_nothing_of_marketing_cloud(americas: SweptUnit, mce: Sandbox) -> None:
    americas.make_data_extension()
    first = americas.ring()
    americas.end_lease()
    (second,) = claim_due(UnitSweep, most=10)
    mce.ask("DELETE", "calls")
    assert (take_turn(first), mce.calls()) == (Turn.LOST, [])
    assert (take_turn(second), americas.row().deleted) == (Turn.DONE, 1)


def test_a_turn_that_lost_its_claim_on_the_way_writes_nothing(americas: SweptUnit, mce: Sandbox) -> None:
    americas.make_data_extension()
    claim = americas.ring()
    mce.fault("Delete", "slow", seconds=1.5)

    def sweep_or_take_over(number: int) -> Turn | None:
        if number == 0:
            return take_turn(claim)
        while americas.row().step_began_at is None:
            sleep(0.01)
        americas.change(claim_token=UUID(int=7))
        return None

    assert at_once(2, sweep_or_take_over) == [Turn.LOST, None]
    row = americas.row()
    assert (row.claim_token, row.deleted, row.swept_at) == (UUID(int=7), 0, None)


def test_what_marketing_cloud_will_not_delete_does_not_hold_up_the_rest(
    americas: SweptUnit, mce: Sandbox, monkeypatch: Any
) -> None:
    monkeypatch.setattr(turn, "MOST", 1)
    for _ in range(3):
        americas.make_data_extension()
    mce.fault("Delete", "server_fault")
    swept = sweep_now(americas.unit)
    assert (swept.turn, swept.deleted, swept.kept, swept.refused, swept.trouble) == (Turn.DONE, 2, 1, 1, "")
    again = sweep_now(americas.unit)
    assert (again.deleted, again.refused, americas.names) == (1, 0, set())


def test_what_somebody_else_deleted_meanwhile_is_no_trouble(americas: SweptUnit) -> None:
    gone = Asset(DATA_EXTENSION, uuid4(), str(uuid4()), "QPP_Results_0", None)
    tally = Tally()
    remove(americas.account, gone, tally)
    assert (tally.deleted, tally.refused) == (1, [])


def test_a_deletion_whose_answer_was_lost_is_not_missed(americas: SweptUnit, mce: Sandbox) -> None:
    americas.make_data_extension()
    mce.fault("Delete", "reset", moment="after")
    assert take_turn(americas.ring()) is Turn.LATER
    assert take_turn(americas.ring()) is Turn.DONE
    assert (americas.names, len(mce.calls("Delete"))) == (set(), 1)


@pytest.mark.parametrize("fault", [{"kind": "http", "status": 503}, {"kind": "rate_limited"}, {"kind": "reset"}])
def test_transient_trouble_is_tried_again_later_and_what_was_done_is_counted(
    americas: SweptUnit, mce: Sandbox, fault: dict[str, Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr(turn, "MOST", 1)
    for _ in range(2):
        americas.make_data_extension()
    assert take_turn(americas.ring()) is Turn.MORE
    mce.fault("Delete", **fault)
    assert take_turn(americas.ring()) is Turn.LATER
    waiting = americas.row()
    assert (waiting.deleted, waiting.attempts, waiting.last_trouble != "") == (1, 1, True)
    assert waiting.wake_at is not None
    assert waiting.wake_at == waiting.due_at
    assert take_turn(americas.ring()) is Turn.DONE
    after = americas.row()
    assert (after.deleted, after.attempts, after.last_trouble) == (2, 0, "")


def test_a_paused_unit_is_asked_nothing_until_its_pause_is_over(americas: SweptUnit, mce: Sandbox) -> None:
    claim = americas.ring(paused_until=Now() + timedelta(minutes=1), pause_reason="mce_throttled")
    mce.ask("DELETE", "calls")
    assert (take_turn(claim), mce.calls()) == (Turn.LATER, [])
    row = americas.row()
    assert (row.last_trouble, row.attempts) == (Paused.code, 1)
    with tenant_scope(americas.unit.tenant_id):
        assert UnitSweep.objects.filter(wake_at__gt=Now() + timedelta(seconds=50)).count() == 1


def test_trouble_that_stays_is_left_to_the_next_plan(americas: SweptUnit, mce: Sandbox) -> None:
    americas.change(attempts=turn.ATTEMPTS - 1)
    mce.fault("Retrieve", "http", status=503)
    assert take_turn(americas.ring()) is Turn.LATER
    row = americas.row()
    assert (row.wake_at, row.attempts, row.last_trouble) == (None, 0, "mce_server_trouble")


def test_a_broken_connection_is_noted_and_not_tried_again_until_the_next_plan(
    americas: SweptUnit, mce: Sandbox
) -> None:
    americas.connect(State.BROKEN)
    mce.ask("DELETE", "calls")
    assert take_turn(americas.ring()) is Turn.LATER
    row = americas.row()
    assert (row.wake_at, row.last_trouble, row.swept_at) == (None, "reconnect_required", None)
    assert mce.calls() == []


def test_credentials_that_cannot_be_unsealed_are_noted_too(americas: SweptUnit) -> None:
    with tenant_scope(americas.unit.tenant_id):
        Connection.objects.update(client_secret=b"sealed with a lost key", access_token=None)
    assert take_turn(americas.ring()) is Turn.LATER
    assert (americas.row().wake_at, americas.row().last_trouble) == (None, CannotUnseal.code)


def test_turns_and_what_they_removed_are_counted(americas: SweptUnit, mce: Sandbox) -> None:
    def counted() -> tuple[float, ...]:
        names = ("sweep_turns_total", "done"), ("swept_assets_total", "deleted"), ("swept_assets_total", "refused")
        return tuple(REGISTRY.get_sample_value(f"shell_query_{name}", {"outcome": of}) or 0 for name, of in names)

    before = counted()
    for _ in range(3):
        americas.make_data_extension()
    mce.fault("Delete", "server_fault")
    sweep_now(americas.unit)
    assert counted() == tuple(was + more for was, more in zip(before, (1, 2, 1), strict=True))


def test_one_failing_unit_does_not_stop_the_others(americas: SweptUnit, globex: SweptUnit) -> None:
    americas.make_data_extension()
    left = globex.make_data_extension()
    globex.connect(State.BROKEN)
    for unit in (americas, globex):
        unit.change(wake_at=Now(), due_at=Now())
    turns = [take_turn(claim) for claim in claim_due(UnitSweep, most=10)]
    assert sorted(turns) == [Turn.DONE, Turn.LATER]
    assert (americas.names, americas.row().last_trouble) == (set(), "")
    globex.connect(State.ACTIVE)
    assert (globex.names, globex.row().last_trouble) == ({left}, "reconnect_required")


def test_each_tenants_sweep_removes_its_own(americas: SweptUnit, globex: SweptUnit) -> None:
    americas.make_data_extension()
    left = globex.make_data_extension()
    sweep_now(americas.unit)
    assert (americas.names, globex.names) == (set(), {left})


def test_an_alarm_overdue_at_start_up_is_moved_into_the_next_hour_and_not_run(
    americas: SweptUnit, mce: Sandbox
) -> None:
    left = americas.make_data_extension()
    americas.change(wake_at=Now() - HOUR, due_at=Now() - HOUR)
    mce.ask("DELETE", "calls")
    (claim,) = claim_due(UnitSweep, most=10)
    assert (take_turn(claim), mce.calls()) == (Turn.LATER, [])
    with tenant_scope(americas.unit.tenant_id):
        moved = UnitSweep.objects.filter(wake_at__gt=Now() - timedelta(minutes=1), wake_at__lte=Now() + HOUR)
        assert moved.count() == 1
    assert americas.row().wake_at == americas.row().due_at
    assert americas.names == {left}


def test_overdue_alarms_are_spread_not_moved_to_one_moment(americas: SweptUnit) -> None:
    moments = set()
    for _ in range(5):
        americas.change(wake_at=Now() - HOUR, due_at=Now() - HOUR)
        (claim,) = claim_due(UnitSweep, most=10)
        take_turn(claim)
        moments.add(americas.row().wake_at)
    assert len(moments) == 5


def test_a_sweep_that_keeps_ending_its_worker_is_left_to_the_next_plan(americas: SweptUnit, mce: Sandbox) -> None:
    americas.change(lapses=turn.LAPSES)
    claim = americas.ring()
    mce.ask("DELETE", "calls")
    assert (take_turn(claim), mce.calls()) == (Turn.LATER, [])
    row = americas.row()
    assert (row.wake_at, row.lapses, row.last_trouble) == (None, 0, WorkerKept.code)
