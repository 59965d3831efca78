"""What Marketing Cloud says of a query is not always so: never ready too early, never running for ever."""

from typing import Any
from uuid import UUID

import pytest

from mce_bridge.account import Account
from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.models import Run
from shell_query.naming import data_extension_key, query_key
from shell_query.serializers import described
from shell_query.services import read_results
from tenants.callers import Caller
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, run_sql, submit

SQL = "SELECT StoreID FROM Stores"
NO_ROWS = "SELECT StoreID FROM Stores WHERE StoreID < 0"
STUCK = {"status_stuck": True}
NOT_RUNNING = {"isrunning_false_seconds": 0.3}
UNREADABLE = {"rowset_delay_seconds": 0.4}


def account_of(caller: Caller) -> Account:
    return open_account(
        tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id, seconds=20
    )


def activities(mce: Sandbox, run_id: UUID) -> list[str]:
    """What really became of each start of the run's query."""
    found = mce.ask("GET", "activities")["activities"]
    return [each["status"] for each in found if each["query_key"] == query_key(run_id)]


@pytest.mark.parametrize(
    "lies", [STUCK, NOT_RUNNING, UNREADABLE, STUCK | NOT_RUNNING, STUCK | UNREADABLE, STUCK | NOT_RUNNING | UNREADABLE]
)
@pytest.mark.parametrize("sql", [SQL, NO_ROWS])
def test_whatever_it_says_a_run_is_ready_when_its_rows_are_there_and_not_before(
    connected: Cast, mce: Sandbox, lies: dict[str, Any], sql: str
) -> None:
    alice = connected.alice.caller
    expected = 0 if sql == NO_ROWS else run_sql(alice, sql).row_count
    mce.dial(query_ms=700, **lies)
    run = drive(alice, submit(alice, sql), until="ready")
    assert activities(mce, run.id) == ["Complete"]
    page = read_results(caller=alice, run_id=run.id, page=1)
    assert (run.row_count, page.total_rows, len(page.rows)) == (expected, expected, expected)


def test_between_the_two_times_that_it_must_say_no_it_is_not_asked(
    connected: Cast, mce: Sandbox, settings: Any
) -> None:
    """Each look before the time would be followed by another at once."""
    settings.RUN_CONFIRM_SECONDS = 0.4
    alice = connected.alice.caller
    mce.dial(query_ms=0, **STUCK)
    run = drive(alice, submit(alice, SQL), until="executing")
    with tenant_scope(alice.tenant_id):
        Run.objects.filter(id=run.id).update(seen_running=True)
    ready = drive(alice, run.id, until="ready")
    assert ready.looks == 2


@pytest.mark.parametrize("kind", ["error", "fatal_error"])
@pytest.mark.parametrize("message", ["Out of luck.", ""])
def test_either_word_for_a_failure_ends_the_run_at_once_with_or_without_a_reason(
    connected: Cast, mce: Sandbox, kind: str, message: str
) -> None:
    mce.fault("Run", kind, message=message)
    alice = connected.alice.caller
    run = run_sql(alice, SQL)
    assert (run.status, run.error_code, run.starts) == ("failed", "query_failed", 1)
    told = described(run, alice)["errorMessage"]
    assert told == run.error_message + (f": {message}" if message else "")
    assert described(run, connected.bob.caller)["errorMessage"] == run.error_message


def test_a_failure_that_the_status_does_not_tell_is_not_taken_for_rows(connected: Cast, mce: Sandbox) -> None:
    """With the status stuck nobody says that the query failed; what can be read is what it left: nothing."""
    mce.dial(status_stuck=True, query_ms=400)
    mce.fault("Run", "fatal_error")
    run = run_sql(connected.alice.caller, SQL)
    assert (run.status, run.row_count) == ("ready", 0)


def test_a_data_extension_that_vanished_while_its_query_ran_ends_the_run(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    mce.hold()
    run_id = submit(alice, SQL)
    drive(alice, run_id, until="executing")
    delete_data_extension(alice, run_id)
    mce.release()
    run = drive(alice, run_id)
    assert (run.status, run.error_code) == ("failed", "query_failed")


def test_a_data_extension_that_vanished_before_it_could_be_read_ends_the_run(connected: Cast, mce: Sandbox) -> None:
    mce.dial(rowset_delay_seconds=3600)
    alice = connected.alice.caller
    run_id = submit(alice, SQL)
    drive(alice, run_id, until="confirming")
    delete_data_extension(alice, run_id)
    run = drive(alice, run_id)
    assert (run.status, run.error_code) == ("failed", "results_missing")


def delete_data_extension(caller: Caller, run_id: UUID) -> None:
    account = account_of(caller)
    found = data_extensions.find_by_key(account, data_extension_key(run_id))
    assert found is not None
    data_extensions.delete(account, object_id=found.object_id)
