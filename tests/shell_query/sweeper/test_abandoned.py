"""What an abandoned run left behind: removed by the sweeper, or seen to be gone, and then the run is cleaned up."""

import pytest

from mce_bridge.models import State
from mce_bridge.objects import query_definitions
from shell_query.models import Run
from shell_query.naming import query_key
from shell_query.services.sweeping import sweep_now
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, look_up, submit
from tests.shell_query.sweeper.units import SweptUnit

FAILS = "SELECT CAST('x' AS INT) AS StoreID"


def abandon(unit: SweptUnit, sql: str, *, ended: str = "failed") -> Run:
    """A run whose connection broke before its cleanup, and was mended after it had been abandoned."""
    run_id = submit(unit.caller, sql)
    drive(unit.caller, run_id, until=ended)
    unit.connect(State.BROKEN)
    run = drive(unit.caller, run_id)
    unit.connect(State.ACTIVE)
    assert (run.status, run.abandoned, run.assets_cleaned_at) == (ended, True, None)
    return run


@pytest.mark.usefixtures("any_age")
def test_the_sweep_removes_both_assets_of_a_failed_run_and_keeps_its_promise(americas: SweptUnit, mce: Sandbox) -> None:
    run = abandon(americas, FAILS)
    assert (sweep_now(americas.unit).deleted, americas.names) == (2, set())
    after = look_up(americas.caller, run.id)
    assert None not in {after.query_removed_at, after.data_extension_removed_at, after.assets_cleaned_at}


@pytest.mark.usefixtures("any_age")
def test_assets_that_somebody_deleted_by_hand_are_seen_to_be_gone(americas: SweptUnit) -> None:
    run = abandon(americas, FAILS)
    americas.empty()
    assert sweep_now(americas.unit).deleted == 0
    assert look_up(americas.caller, run.id).assets_cleaned_at is not None


@pytest.mark.usefixtures("any_age")
def test_while_marketing_cloud_keeps_one_the_promise_is_open(americas: SweptUnit, mce: Sandbox) -> None:
    run = abandon(americas, FAILS)
    mce.fault("Delete", "server_fault", object_type="DataExtension")
    assert sweep_now(americas.unit).refused == 1
    open_ = look_up(americas.caller, run.id)
    assert (open_.query_removed_at is None, open_.data_extension_removed_at, open_.assets_cleaned_at) == (
        False,
        None,
        None,
    )
    sweep_now(americas.unit)
    assert look_up(americas.caller, run.id).assets_cleaned_at is not None


def test_a_run_abandoned_just_now_waits_for_what_may_still_be_on_the_wire(americas: SweptUnit) -> None:
    run = abandon(americas, FAILS)
    americas.empty()
    sweep_now(americas.unit)
    assert look_up(americas.caller, run.id).assets_cleaned_at is None


@pytest.mark.usefixtures("any_age")
def test_of_a_ready_run_only_the_query_need_go(americas: SweptUnit, mce: Sandbox) -> None:
    run = abandon(americas, "SELECT 1 AS StoreID", ended="ready")
    found = query_definitions.find_by_key(americas.account, query_key(run.id))
    assert found is not None
    query_definitions.delete(americas.account, object_id=found.object_id)
    mce.fault("Delete", "server_fault", object_type="DataExtension")
    assert sweep_now(americas.unit).refused == 1
    after = look_up(americas.caller, run.id)
    assert (after.assets_cleaned_at is None, after.data_extension_removed_at) == (False, None)
