"""What is swept and what stays."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shell_query import naming
from shell_query.services.sweeping import sweep_now
from shell_query.sweeper.assets import DATA_EXTENSION, Asset
from shell_query.sweeper.turn import Turn
from tests.mce_sandbox.client import PARTNER, Mce
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, run_sql, submit
from tests.shell_query.sweeper.units import SweptUnit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("created_at", "older"),
    [(NOON - DAY - timedelta(seconds=1), True), (NOON - DAY, False), (NOON, False), (None, False)],
)
def test_an_asset_is_old_after_a_day_and_one_of_unknown_age_never(created_at: datetime | None, older: bool) -> None:
    assert Asset(DATA_EXTENSION, uuid4(), "id", "name", created_at).is_older_than(NOON - DAY) is older


def test_what_runs_left_behind_goes_queries_and_data_extensions_alike(americas: SweptUnit, any_age: None) -> None:
    left = {americas.make_query(), americas.make_data_extension(), americas.make_data_extension()}
    assert americas.names == left
    swept = sweep_now(americas.unit)
    assert (swept.turn, swept.deleted, swept.kept, swept.refused) == (Turn.DONE, 3, 0, 0)
    assert americas.names == set()


def test_what_is_younger_than_a_day_stays(americas: SweptUnit) -> None:
    left = {americas.make_query(), americas.make_data_extension()}
    swept = sweep_now(americas.unit)
    assert (swept.turn, swept.deleted, swept.kept) == (Turn.DONE, 0, 2)
    assert americas.names == left


def test_marketing_clouds_dates_are_read_as_its_system_time(americas: SweptUnit, settings: Any) -> None:
    """Read as UTC, what was made just now would be six hours old."""
    settings.SWEEP_AGE_SECONDS = 3600
    left = americas.make_data_extension()
    sweep_now(americas.unit)
    assert americas.names == {left}


def test_somebodys_own_objects_in_our_folders_stay(americas: SweptUnit, any_age: None) -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    own = {
        americas.make_data_extension(key="my-own-key", name="My own"),
        americas.make_data_extension(key=f"mine-{one.hex[:20]}", name=naming.data_extension_name(one, "Copied")),
        americas.make_data_extension(key=naming.data_extension_key(two), name="Renamed so that it stays"),
        americas.make_query(key="my-own-query", name="My own query"),
        americas.make_query(key=naming.query_key(three), name="A renamed query"),
    }
    americas.make_data_extension()
    assert sweep_now(americas.unit).deleted == 1
    assert americas.names == own


def test_outside_our_folders_nothing_is_touched(americas: SweptUnit, any_age: None, mce: Sandbox) -> None:
    with httpx.Client(base_url=mce.url) as http:
        name, _ = Mce(http, 7001002).seed("StoreID Number", name=f"QPP_Results_{uuid4().hex}")
    swept = sweep_now(americas.unit)
    assert (swept.turn, swept.deleted, swept.kept) == (Turn.DONE, 0, 0)
    assert name not in str(mce.calls("Delete"))


def test_a_unit_without_our_folders_has_nothing_to_sweep(americas: SweptUnit, any_age: None, mce: Sandbox) -> None:
    mce.ask("POST", "reset")
    assert sweep_now(americas.unit).turn is Turn.DONE
    assert mce.calls("Create") == []


def test_an_active_runs_assets_stay_whatever_their_age(americas: SweptUnit, any_age: None, mce: Sandbox) -> None:
    mce.hold()
    run_id = submit(americas.caller, "SELECT 1 AS StoreID")
    run = drive(americas.caller, run_id, until="executing")
    swept = sweep_now(americas.unit)
    assert (swept.turn, swept.deleted, swept.kept) == (Turn.DONE, 0, 2)
    assert americas.names == {naming.query_name(run_id), run.data_extension_name}
    mce.release()
    assert drive(americas.caller, run_id).status == "ready"


def test_an_old_result_goes_and_its_run_says_so(americas: SweptUnit, any_age: None) -> None:
    run = run_sql(americas.caller, "SELECT 1 AS StoreID")
    assert (run.status, run.data_extension_removed_at) == ("ready", None)
    assert sweep_now(americas.unit).deleted == 1
    again = drive(americas.caller, run.id)
    assert again.data_extension_removed_at is not None
    assert again.status == "ready"


def test_more_than_2500_are_paged_through(americas: SweptUnit, any_age: None, mce: Sandbox) -> None:
    with httpx.Client(base_url=mce.url, timeout=60) as http:
        unit, folder = Mce(http, 7001002), americas.folders[1]
        created = unit.soap(f'<CreateRequest xmlns="{PARTNER}">{own_data_extensions(2_500, folder)}</CreateRequest>')
        assert created.value("OverallStatus") == "OK"
        first, last = americas.make_data_extension(), americas.make_data_extension()
        swept = sweep_now(americas.unit)
        assert (swept.turn, swept.deleted) == (Turn.DONE, 2)
        assert len(mce.calls("Retrieve", "DataExtension")) >= 2
        deleted = unit.soap(f'<DeleteRequest xmlns="{PARTNER}">{own_data_extensions(2_500, folder)}</DeleteRequest>')
        assert deleted.value("OverallStatus") == "OK"
    assert americas.names.isdisjoint({first, last})


def own_data_extensions(count: int, folder_id: int) -> str:
    field = "<Fields><Field><Name>a</Name><FieldType>Text</FieldType></Field></Fields>"
    return "".join(
        f'<Objects xsi:type="DataExtension"><CustomerKey>own-{number}</CustomerKey><Name>Own {number}</Name>{field}'
        f"<CategoryID>{folder_id}</CategoryID></Objects>"
        for number in range(count)
    )


def test_the_rows_are_asked_in_batches(americas: SweptUnit, any_age: None, monkeypatch: Any) -> None:
    monkeypatch.setattr("shell_query.sweeper.assets.BATCH", 2)
    for _ in range(5):
        americas.make_data_extension()
    assert sweep_now(americas.unit).deleted == 5
