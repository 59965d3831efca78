"""A SELECT through a real Marketing Cloud sandbox, into its own data extension, and its traces."""

from typing import Any

import pytest

from events.models import Event
from shell_query.models import Run
from shell_query.naming import data_extension_key, query_key
from shell_query.services import read_results
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, look_up, run_sql, submit


def events_of(caller: Caller, run: Run) -> list[tuple[int, str, str | None]]:
    with tenant_scope(caller.tenant_id):
        rows = Event.objects.filter(subject_id=run.id).values_list("sequence", "data")
        return [(sequence, data["status"], data.get("stage")) for sequence, data in rows]


def rows_of(caller: Caller, run: Run) -> list[list[Any]]:
    return read_results(caller=caller, run_id=run.id, page=1).rows


def test_a_run_tells_every_stage_once_and_in_order(connected: Cast) -> None:
    alice = connected.alice.caller
    run = run_sql(alice, "SELECT StoreID, City FROM Stores")
    assert events_of(alice, run) == [
        (1, "queued", None),
        (2, "running", "validating"),
        (3, "running", "preparing"),
        (4, "running", "starting"),
        (5, "running", "executing"),
        (6, "running", "confirming"),
        (7, "ready", None),
    ]


def test_the_columns_are_the_querys_own_in_its_order_and_spelling(connected: Cast) -> None:
    alice = connected.alice.caller
    run = run_sql(alice, "SELECT City AS [the City], StoreID AS Id, 1 AS One FROM Stores")
    page = read_results(caller=alice, run_id=run.id, page=1)
    assert [(column["name"], column["type"]) for column in page.columns] == [
        ("the City", "Text"),
        ("Id", "Number"),
        ("One", "Number"),
    ]
    assert page.total_rows == len(page.rows) == run.row_count


def test_the_outermost_order_is_kept_over_all_pages(connected: Cast) -> None:
    alice = connected.alice.caller
    run = run_sql(alice, "SELECT TOP 120 CustomerID FROM Customers ORDER BY CustomerID DESC")
    pages = [read_results(caller=alice, run_id=run.id, page=page) for page in (1, 2, 3)]
    found = [int(str(row[0])) for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [50, 50, 20]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 120


def test_pages_neither_overlap_nor_lose_rows_without_an_order(connected: Cast, mce: Sandbox) -> None:
    mce.dial(rowset_shuffled=True)
    alice = connected.alice.caller
    run = run_sql(alice, "SELECT TOP 130 CustomerID, City FROM Customers")
    pages = [read_results(caller=alice, run_id=run.id, page=page).rows for page in (1, 2, 3)]
    assert len({tuple(row) for page in pages for row in page}) == 130


def test_an_answer_without_rows_is_ready_with_none(connected: Cast) -> None:
    alice = connected.alice.caller
    run = run_sql(alice, "SELECT StoreID FROM Stores WHERE StoreID < 0")
    assert (run.status, run.row_count, rows_of(alice, run)) == ("ready", 0, [])


def test_two_tenants_read_their_own_rows(connected: Cast) -> None:
    alice, mallory = connected.alice.caller, connected.mallory.caller
    sql = "SELECT COUNT(*) AS Customers, MIN(Email) AS First FROM Customers"
    hers, theirs = run_sql(alice, sql), run_sql(mallory, sql)
    assert rows_of(alice, hers) != rows_of(mallory, theirs)
    assert (hers.status, theirs.status) == ("ready", "ready")


def test_the_sql_is_sealed_until_marketing_cloud_has_it_and_then_erased(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    run_id = submit(alice, "SELECT StoreID FROM Stores")
    sealed = look_up(alice, run_id).sealed_sql
    assert sealed is not None
    assert b"Stores" not in bytes(sealed)
    mce.hold()
    assert drive(alice, run_id, until="executing").sealed_sql is None


def test_after_ready_the_query_is_gone_and_the_data_extension_stays(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    run = run_sql(alice, "SELECT StoreID FROM Stores")
    assert [(c["object_type"], c["outcome"]) for c in mce.calls("Delete")] == [("QueryDefinition", "OK")]
    assert len(rows_of(alice, run)) > 0


def test_what_is_made_in_marketing_cloud_is_named_after_the_run(connected: Cast, mce: Sandbox) -> None:
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores", "My shops")
    made = {c["object_type"]: (c["name"], c["key"]) for c in mce.calls("Create") if c["object_type"] != "DataFolder"}
    assert made == {
        "DataExtension": (f"QPP_My shops_{run.id.hex[:4]}", data_extension_key(run.id)),
        "QueryDefinition": (f"QPP_Query_{run.id}", query_key(run.id)),
    }


def test_the_folders_are_found_or_made_once(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    run_sql(alice, "SELECT StoreID FROM Stores")
    first = mce.calls("Retrieve", "DataFolder")
    run_sql(alice, "SELECT StoreID FROM Stores")
    assert mce.calls("Retrieve", "DataFolder") == first


def test_a_column_that_marketing_cloud_does_not_know_fails_with_its_words_sealed(connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT Nope FROM Stores")
    assert (run.status, run.error_code) == ("failed", "sql_rejected")
    assert "Nope" not in run.error_message
    assert run.sealed_mce_message is not None


def test_what_only_marketing_cloud_can_tell_is_a_warning_of_the_run(connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Ent.[Shared Stores]")
    message = (
        "Ent.Shared Stores is the parent business unit's: its columns are not known here, and come out as Text. "
        "(line 1, column 25)"
    )
    assert (run.status, run.violations) == ("ready", [])
    assert run.warnings == [{"code": "unlisted_table", "field": "sqlText", "message": message}]


def test_a_query_that_fails_while_it_runs_is_failed_and_both_assets_go(connected: Cast, mce: Sandbox) -> None:
    run = run_sql(connected.alice.caller, "SELECT CAST(City AS INT) AS Number FROM Stores")
    assert (run.status, run.error_code) == ("failed", "query_failed")
    assert {c["object_type"] for c in mce.calls("Delete")} == {"QueryDefinition", "DataExtension"}
    assert run.assets_cleaned_at is not None


@pytest.mark.parametrize("operation", ["Create", "Perform", "Retrieve", "Delete"])
@pytest.mark.parametrize(
    "kind", [{"kind": "http", "status": 503}, {"kind": "rate_limited"}, {"kind": "token_expired"}, {"kind": "reset"}]
)
def test_a_call_that_fails_once_does_not_fail_the_run(
    connected: Cast, mce: Sandbox, operation: str, kind: dict[str, Any], settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("shell_query.engine.failures.THROTTLED_WAIT", 0.05)
    mce.fault(operation, **kind)
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert (run.status, run.error_code) == ("ready", "")
    assert run.assets_cleaned_at is not None


@pytest.mark.parametrize("object_type", ["DataExtension", "QueryDefinition"])
def test_a_create_whose_answer_was_lost_is_found_and_not_made_twice(
    connected: Cast, mce: Sandbox, object_type: str
) -> None:
    mce.fault("Create", "reset", object_type=object_type, moment="after")
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert run.status == "ready"
    outcomes = [c["outcome"] for c in mce.calls("Create", object_type)]
    assert outcomes.count("OK") == 0 or len(outcomes) == 2


def test_a_start_whose_answer_was_lost_is_adopted_and_not_done_twice(connected: Cast, mce: Sandbox) -> None:
    mce.dial(query_ms=400)
    mce.fault("Perform", "reset", moment="after")
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert (run.status, run.task_id) == ("ready", "")
    assert len(mce.calls("Perform")) == 1


def test_a_start_that_never_arrived_is_done_again_once_it_was_seen_idle(connected: Cast, mce: Sandbox) -> None:
    mce.fault("Perform", "reset", moment="before")
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert run.status == "ready"
    assert len(mce.calls("Perform")) == 2


def test_a_status_stuck_at_queued_does_not_keep_a_run_from_being_ready(connected: Cast, mce: Sandbox) -> None:
    mce.dial(status_stuck=True, isrunning_false_seconds=0.2, query_ms=600)
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert (run.status, run.row_count) == ("ready", len(rows_of(connected.alice.caller, run)))
    assert run.row_count


def test_rows_that_cannot_be_read_yet_are_waited_for(connected: Cast, mce: Sandbox) -> None:
    mce.dial(rowset_delay_seconds=0.5)
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert run.status == "ready"
    assert run.row_count


def test_a_query_that_never_ends_is_failed_at_the_limit(connected: Cast, mce: Sandbox, settings: Any) -> None:
    settings.RUN_TIMEOUT_SECONDS = 1
    mce.hold()
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert (run.status, run.error_code) == ("failed", "timeout")


def test_a_run_that_cannot_be_started_is_failed_at_the_limit(connected: Cast, mce: Sandbox, settings: Any) -> None:
    settings.RUN_START_TIMEOUT_SECONDS = 1
    mce.fault("Create", "http", count=1000, status=503)
    run_id = submit(connected.alice.caller, "SELECT StoreID FROM Stores")
    run = drive(connected.alice.caller, run_id, until="failed")
    assert (run.status, run.error_code) == ("failed", "could_not_start")


def test_a_deleted_folder_is_noticed_and_made_again(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    from_folder = run_sql(alice, "SELECT StoreID FROM Stores")
    assert from_folder.status == "ready"
    forget_both_folders(alice)
    assert run_sql(alice, "SELECT StoreID FROM Stores").status == "ready"


def forget_both_folders(alice: Caller) -> None:
    """Our cache names folders that are not there: as it is after somebody deleted them in Marketing Cloud."""
    with tenant_scope(alice.tenant_id):
        BusinessUnit.objects.filter(id=alice.business_unit_id).update(
            data_extension_folder_id=999_999_999, query_folder_id=999_999_998
        )
