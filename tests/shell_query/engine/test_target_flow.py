"""A SELECT through a real Marketing Cloud sandbox, into a data extension that was there before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now

from shell_query.engine import record
from shell_query.engine.advance import take_step
from shell_query.models import Run
from shell_query.naming import data_extension_key
from shell_query.services import cancel_run, read_results
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.audience import Audience, make_audience, make_sendable_audience
from tests.shell_query.driver import claim, drive, look_up, run_sql, submit

SQL = "SELECT StoreID, City FROM Stores WHERE StoreID <= 3"
OLD = [[1, "Old town"], [900, "Elsewhere"]]


@pytest.fixture
def audience(connected: Cast, mce: Sandbox) -> Audience:
    """Two rows by StoreID, of which 1 is also in Stores."""
    return make_audience(mce, connected.alice.caller, rows=OLD)


def store_ids(connected: Cast, audience: Audience) -> list[str]:
    return [row["storeid"] for row in audience.rows(connected.alice.caller)]


def outcomes(mce: Sandbox, operation: str) -> list[tuple[str, str]]:
    return [(call["object_type"], call["outcome"]) for call in mce.calls(operation)]


def codes(run: Run) -> list[str]:
    return [violation["code"] for violation in run.violations]


# 1. What gets written


def test_overwrite_puts_the_rows_in_place_of_all_that_were_there(connected: Cast, audience: Audience) -> None:
    run = run_sql(connected.alice.caller, SQL, target=audience.target("Overwrite"))
    assert (run.status, run.row_count) == ("ready", 3)
    assert store_ids(connected, audience) == ["1", "2", "3"]


def test_append_adds_the_rows_and_the_results_are_all_of_them(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Number, City Text(100)", OLD)
    run = run_sql(alice, SQL, target=audience.target("Append"))
    assert (run.status, run.row_count) == ("ready", 5)
    assert [row[0] for row in read_results(caller=alice, run_id=run.id, page=1).rows] == [1, 1, 2, 3, 900]


def test_update_replaces_rows_of_the_same_key_and_adds_the_others(connected: Cast, audience: Audience) -> None:
    run = run_sql(connected.alice.caller, SQL, target=audience.target("Update"))
    rows = {row["storeid"]: row["city"] for row in audience.rows(connected.alice.caller)}
    assert (run.status, run.row_count, sorted(rows)) == ("ready", 4, ["1", "2", "3", "900"])
    assert (rows["1"] != "Old town", rows["900"]) == (True, "Elsewhere")


def test_update_may_read_what_it_writes(connected: Cast, audience: Audience) -> None:
    sql = f"SELECT StoreID, 'New town' AS City FROM [{audience.name}] WHERE StoreID = 1"
    run = run_sql(connected.alice.caller, sql, target=audience.target("Update"))
    assert run.status == "ready"
    assert [row["city"] for row in audience.rows(connected.alice.caller)] == ["New town", "Elsewhere"]


def test_columns_come_in_select_order_with_the_targets_types(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "Id Number key, Share Decimal(18,2), Note Text(20), Opened Date")
    sql = "SELECT 'x' AS note, OpenedOn AS OPENED, 5 AS Share, StoreID AS Id FROM Stores WHERE StoreID = 1"
    run = run_sql(alice, sql, target=audience.target("Overwrite"))
    page = read_results(caller=alice, run_id=run.id, page=1)
    assert [(column["name"], column["type"]) for column in page.columns] == [
        ("note", "Text"),
        ("OPENED", "Date"),
        ("Share", "Decimal"),
        ("Id", "Number"),
    ]
    assert (page.rows[0][0], page.rows[0][2:]) == ("x", [5.0, 1])


def test_the_querys_order_is_kept_over_the_targets_rows(connected: Cast, audience: Audience) -> None:
    alice = connected.alice.caller
    sql = "SELECT TOP 20 StoreID, City FROM Stores ORDER BY StoreID DESC"
    run = run_sql(alice, sql, target=audience.target("Overwrite"))
    ids = [row[0] for row in read_results(caller=alice, run_id=run.id, page=1).rows]
    assert ids == list(range(25, 5, -1))


# 2. What is made and removed


@pytest.mark.parametrize("update_type", ["Overwrite", "Update"])
def test_only_the_query_is_made_and_only_the_query_goes(
    connected: Cast, mce: Sandbox, audience: Audience, update_type: str
) -> None:
    run = run_sql(connected.alice.caller, SQL, target=audience.target(update_type))
    made = [call["object_type"] for call in mce.calls("Create") if call["object_type"] != "DataFolder"]
    assert made == ["QueryDefinition"]
    assert outcomes(mce, "Delete") == [("QueryDefinition", "OK")]
    assert (run.data_extension_id, run.data_extension_removed_at) == ("", None)
    assert run.assets_cleaned_at is not None


def test_a_failed_run_leaves_the_target_where_it_is(connected: Cast, mce: Sandbox, audience: Audience) -> None:
    mce.fault("Run", "error", object_type="QueryDefinition", message="It broke.")
    run = run_sql(connected.alice.caller, SQL, target=audience.target("Overwrite"))
    assert (run.status, run.error_code) == ("failed", "query_failed")
    assert outcomes(mce, "Delete") == [("QueryDefinition", "OK")]
    assert store_ids(connected, audience) == ["1", "900"]


def test_a_canceled_run_leaves_the_target_where_it_is(connected: Cast, mce: Sandbox, audience: Audience) -> None:
    alice = connected.alice.caller
    mce.hold()
    run_id = submit(alice, SQL, target=audience.target("Append"))
    drive(alice, run_id, until="executing")
    canceled = cancel_run(caller=alice, run_id=run_id)
    drive(alice, run_id)
    assert (canceled.may_have_written, outcomes(mce, "Delete")) == (True, [("QueryDefinition", "OK")])
    assert store_ids(connected, audience) == ["1", "900"]


# 3. What does not fit


def of_no_one(mce: Sandbox, connected: Cast) -> Audience:
    return Audience("no-such-key", "Nothing")


def of_another_tenant(mce: Sandbox, connected: Cast) -> Audience:
    return make_audience(mce, connected.mallory.caller)


def of_an_earlier_run(mce: Sandbox, connected: Cast) -> Audience:
    run = run_sql(connected.alice.caller, SQL)
    return Audience(data_extension_key(run.id), run.data_extension_name)


def without_a_column(mce: Sandbox, connected: Cast) -> Audience:
    return make_audience(mce, connected.alice.caller, "StoreID Number")


def with_a_required_field(mce: Sandbox, connected: Cast) -> Audience:
    return make_audience(mce, connected.alice.caller, "StoreID Number, City Text(100), Source Text(50) required")


def with_a_key_field(mce: Sandbox, connected: Cast) -> Audience:
    return make_audience(mce, connected.alice.caller, "StoreID Number, City Text(100), Id Number key")


def with_a_date(mce: Sandbox, connected: Cast) -> Audience:
    return make_audience(mce, connected.alice.caller, "StoreID Date, City Text(100)")


@pytest.mark.parametrize(
    ("make", "code", "message"),
    [
        (of_no_one, "target_not_found", "There is no data extension with this customer key."),
        (of_another_tenant, "target_not_found", "There is no data extension with this customer key."),
        (
            of_an_earlier_run,
            "target_is_ours",
            "This data extension is a run's own results, and is deleted behind it: choose one of yours.",
        ),
        (without_a_column, "target_field_missing", None),
        (with_a_required_field, "target_field_required", "Source is required: select a column of this name."),
        (with_a_key_field, "target_field_required", "Id is part of the primary key: select a column of this name."),
        (with_a_date, "target_type", "StoreID is a Number and cannot be written into a Date: convert it."),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_made(
    connected: Cast, mce: Sandbox, make: Callable[[Sandbox, Cast], Audience], code: str, message: str | None
) -> None:
    audience = make(mce, connected)
    before = mce.calls("Create")
    run = run_sql(connected.alice.caller, SQL, target=audience.target("Overwrite"))
    assert (run.status, run.error_code, codes(run)) == ("failed", "target_does_not_fit", [code])
    assert message in {None, run.violations[0]["message"]}
    assert mce.calls("Create") == before


@pytest.mark.parametrize("update_type", ["Overwrite", "Append"])
def test_only_update_reads_the_data_extension_that_it_writes(
    connected: Cast, mce: Sandbox, audience: Audience, update_type: str
) -> None:
    sql = f"SELECT StoreID, City FROM [{audience.name.upper()}]"
    run = run_sql(connected.alice.caller, sql, target=audience.target(update_type))
    assert (run.error_code, codes(run), mce.calls("Create")) == ("target_does_not_fit", ["target_read"], [])


def test_update_needs_a_primary_key(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Number, City Text(100)")
    run = run_sql(alice, SQL, target=audience.target("Update"))
    assert (run.error_code, codes(run), mce.calls("Create")) == ("target_does_not_fit", ["target_without_key"], [])


def test_update_of_a_sendable_data_extension_is_refused_and_overwrite_is_not(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_sendable_audience(alice)
    sql = "SELECT StoreID FROM Stores"
    refused = run_sql(alice, sql, target=audience.target("Update"))
    taken = run_sql(alice, sql, target=audience.target("Overwrite"))
    assert (refused.error_code, codes(refused)) == ("target_does_not_fit", ["target_is_sendable"])
    assert taken.status == "ready"


def test_all_problems_are_told_at_once(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Date, Source Text(50) required")
    sql = f"SELECT s.StoreID, s.City, s.Country FROM Stores s JOIN [{audience.name}] a ON a.Source = s.City"
    run = run_sql(alice, sql, target=audience.target("Overwrite"))
    assert codes(run) == [
        "target_read",
        "target_type",
        "target_field_missing",
        "target_field_missing",
        "target_field_required",
    ]


def test_a_star_over_what_cannot_be_read_is_told_with_what_is_wrong_with_the_target(
    connected: Cast, mce: Sandbox
) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Number")
    sql = "SELECT * FROM Ent.[Shared Stores]"
    both = run_sql(alice, sql, target=audience.target("Update"))
    star = run_sql(alice, sql, target=audience.target("Overwrite"))
    assert (both.error_code, codes(both)) == ("target_does_not_fit", ["unknown_columns", "target_without_key"])
    assert (star.error_code, codes(star)) == ("unknown_columns", ["unknown_columns"])


def test_a_doubtful_fit_is_a_warning_and_the_run_goes_on(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Number, City Text(50)")
    run = run_sql(alice, SQL, target=audience.target("Overwrite"))
    assert run.status == "ready"
    assert run.warnings == [
        {
            "code": "target_type",
            "field": "sqlText",
            "message": "City can have 100 characters, and the field holds 50.",
        }
    ]


def test_a_value_that_does_not_fit_after_all_fails_with_marketing_clouds_words(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Number, City Text(2)", [[7, "xx"]])
    run = run_sql(alice, SQL, target=audience.target("Overwrite"))
    assert (run.status, run.error_code) == ("failed", "query_failed")
    assert store_ids(connected, audience) == ["7"]


def test_no_sentence_about_a_column_is_kept_where_others_look(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    audience = make_audience(mce, alice, "StoreID Number")
    run = run_sql(alice, SQL, target=audience.target("Overwrite"))
    assert run.error_message == "The query does not fit into the data extension; the run's violations say why"


# 4. Lost answers


def starts(mce: Sandbox) -> int:
    return len(mce.calls("Perform"))


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("update_type", ["Append", "Update"])
def test_what_must_not_be_started_twice_is_of_unknown_outcome_when_the_answer_is_lost(
    connected: Cast, mce: Sandbox, audience: Audience, update_type: str, moment: str
) -> None:
    mce.dial(isrunning_false_seconds=60)  # or it could be seen running, and adopted
    mce.fault("Perform", "reset", moment=moment)
    run = run_sql(connected.alice.caller, "SELECT 901 AS StoreID, 'New' AS City", target=audience.target(update_type))
    assert (run.status, run.error_code, starts(mce)) == ("failed", "outcome_unknown", 1)
    assert "Look there before you run it again" in run.error_message
    written = {"before": ["1", "900"], "after": ["1", "900", "901"]}[moment]
    assert store_ids(connected, audience) == written


@pytest.mark.parametrize(
    "lost", [{"kind": "html"}, {"kind": "http", "status": 503}, {"kind": "server_fault"}], ids=lambda lost: lost["kind"]
)
def test_an_answer_that_says_nothing_about_the_start_is_a_lost_one(
    connected: Cast, mce: Sandbox, audience: Audience, lost: dict[str, Any]
) -> None:
    mce.dial(isrunning_false_seconds=60)
    mce.fault("Perform", moment="after", **lost)
    sql = "SELECT 901 AS StoreID, 'New' AS City"
    run = run_sql(connected.alice.caller, sql, target=audience.target("Append"))
    assert (run.error_code, starts(mce)) == ("outcome_unknown", 1)
    assert store_ids(connected, audience) == ["1", "900", "901"]


@pytest.mark.parametrize("update_type", ["Append", "Update", "Overwrite"])
def test_a_query_that_is_seen_running_is_adopted(
    connected: Cast, mce: Sandbox, audience: Audience, update_type: str
) -> None:
    mce.dial(query_ms=400)
    mce.fault("Perform", "reset", moment="after")
    sql = "SELECT 901 AS StoreID, 'New' AS City"
    run = run_sql(connected.alice.caller, sql, target=audience.target(update_type))
    assert (run.status, run.task_id, starts(mce)) == ("ready", "", 1)
    assert "901" in store_ids(connected, audience)


def test_an_overwrite_whose_start_was_lost_is_started_again_once_it_was_seen_idle(
    connected: Cast, mce: Sandbox, audience: Audience
) -> None:
    mce.fault("Perform", "reset", moment="before")
    run = run_sql(connected.alice.caller, SQL, target=audience.target("Overwrite"))
    assert (run.status, run.row_count, starts(mce)) == ("ready", 3, 2)


def test_rows_that_were_there_before_do_not_pass_for_the_querys(
    connected: Cast, mce: Sandbox, audience: Audience
) -> None:
    mce.fault("Perform", "http", status=503, moment="before")
    run = run_sql(connected.alice.caller, SQL, target=audience.target("Overwrite"))
    assert (run.status, store_ids(connected, audience)) == ("ready", ["1", "2", "3"])


def test_a_start_that_was_refused_is_done_again_whatever_it_writes(
    connected: Cast, mce: Sandbox, monkeypatch: Any
) -> None:
    monkeypatch.setattr("shell_query.engine.failures.THROTTLED_WAIT", 0.05)
    alice = connected.alice.caller
    audience = make_audience(mce, alice)
    mce.fault("Perform", "rate_limited")
    mce.fault("Perform", "token_expired")
    run = drive(alice, submit(alice, SQL, target=audience.target("Append")))
    assert (run.status, run.starts) == ("ready", 1)
    assert store_ids(connected, audience) == ["1", "2", "3"]


@pytest.mark.parametrize("update_type", ["Append", "Update", "Overwrite"])
def test_a_target_run_that_reaches_the_limit_is_of_unknown_outcome(
    connected: Cast, mce: Sandbox, audience: Audience, settings: Any, update_type: str
) -> None:
    settings.RUN_TIMEOUT_SECONDS = 1
    mce.hold()
    run = run_sql(connected.alice.caller, SQL, target=audience.target(update_type))
    assert (run.status, run.error_code, run.last_trouble) == ("failed", "outcome_unknown", "timeout")


def test_a_connection_that_breaks_while_the_query_runs_leaves_the_outcome_unknown(
    connected: Cast, mce: Sandbox, audience: Audience
) -> None:
    alice = connected.alice.caller
    mce.hold()
    run_id = submit(alice, SQL, target=audience.target("Append"))
    drive(alice, run_id, until="executing")
    mce.fault("IsRunning", "forbidden")
    run = drive(alice, run_id, until="failed")
    assert (run.error_code, run.last_trouble) == ("outcome_unknown", "mce_access_denied")


@pytest.mark.parametrize(("update_type", "code", "performs"), [("Append", "outcome_unknown", 0), ("Overwrite", "", 1)])
def test_a_worker_that_died_after_it_wrote_down_its_intent(
    connected: Cast, mce: Sandbox, audience: Audience, update_type: str, code: str, performs: int
) -> None:
    alice = connected.alice.caller
    run_id = submit(alice, SQL, target=audience.target(update_type))
    held = claim(alice, run_id)
    while not look_up(alice, run_id).query_id:
        take_step(held)
    record.note(held, {"start_intended_at": Now(), "starts": 1})
    record.give_back(held, changes={}, seconds=0.01)
    run = drive(alice, run_id)
    assert (run.error_code, starts(mce)) == (code, performs)
