"""What a run made is removed behind it: tried again until Marketing Cloud confirms, or left to the sweeper."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from leases.services import claim_due
from mce_bridge.errors import ConnectionBroken
from mce_bridge.models import Connection, State
from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.engine.advance import LAPSES, take_step
from shell_query.errors import WorkerKept
from shell_query.models import Run
from shell_query.naming import data_extension_key
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.encryption import CannotUnseal
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, look_up, submit

FAILS = "SELECT CAST(City AS INT) AS Number FROM Stores"


def failed_run(caller: Caller) -> Run:
    """Ended, and nothing is cleaned up yet."""
    return drive(caller, submit(caller, FAILS), until="failed")


def change(run: Run, **fields: object) -> None:
    with tenant_scope(run.tenant_id):
        Run.objects.filter(id=run.id).update(**fields)


def test_it_is_tried_again_until_marketing_cloud_confirms(connected: Cast, mce: Sandbox) -> None:
    mce.fault("Delete", "http", count=3, status=503)
    run = drive(connected.alice.caller, failed_run(connected.alice.caller).id)
    assert (run.abandoned, run.attempts, run.wake_at) == (False, 0, None)
    assert None not in {run.query_removed_at, run.data_extension_removed_at, run.assets_cleaned_at}
    assert [call["outcome"] for call in mce.calls("Delete")].count("OK") == 2


@pytest.mark.parametrize(("kind", "moment"), [("malformed", "after"), ("forbidden", "before"), ("cut", "after")])
def test_an_answer_that_would_end_a_run_does_not_end_its_cleanup(
    connected: Cast, mce: Sandbox, kind: str, moment: str
) -> None:
    mce.fault("Delete", kind, count=2, moment=moment)
    run = drive(connected.alice.caller, failed_run(connected.alice.caller).id)
    assert (run.abandoned, run.assets_cleaned_at is None) == (False, False)


def test_what_the_row_knows_the_id_of_is_deleted_without_being_looked_for(connected: Cast, mce: Sandbox) -> None:
    run = failed_run(connected.alice.caller)
    before = len(mce.calls("Retrieve"))
    assert drive(connected.alice.caller, run.id).assets_cleaned_at is not None
    assert len(mce.calls("Retrieve")) == before
    assert [call["object_type"] for call in mce.calls("Delete")] == ["QueryDefinition", "DataExtension"]


@pytest.mark.parametrize("field", ["query_id", "data_extension_id"])
def test_what_the_row_knows_no_id_of_is_looked_for(connected: Cast, mce: Sandbox, field: str) -> None:
    run = failed_run(connected.alice.caller)
    change(run, **{field: ""})
    before = len(mce.calls("Retrieve"))
    assert drive(connected.alice.caller, run.id).assets_cleaned_at is not None
    assert len(mce.calls("Retrieve")) == before + 1
    assert [call["outcome"] for call in mce.calls("Delete")] == ["OK", "OK"]


def test_what_a_worker_may_have_deleted_before_it_died_is_looked_for(connected: Cast, mce: Sandbox) -> None:
    run = failed_run(connected.alice.caller)
    change(run, lapses=1)
    before = len(mce.calls("Retrieve"))
    assert drive(connected.alice.caller, run.id).assets_cleaned_at is not None
    assert len(mce.calls("Retrieve")) == before + 1


def test_without_a_connection_there_is_nobody_to_ask(connected: Cast) -> None:
    run = failed_run(connected.alice.caller)
    with tenant_scope(run.tenant_id):
        Connection.objects.update(state=State.BROKEN)
    after = drive(connected.alice.caller, run.id)
    assert (after.abandoned, after.last_trouble) == (True, ConnectionBroken.code)


def test_while_it_is_tried_the_alarm_stays_set_and_the_trouble_is_shown(connected: Cast, mce: Sandbox) -> None:
    run = failed_run(connected.alice.caller)
    mce.fault("Delete", "http", status=503)
    for claim in claim_due(Run, most=10):
        take_step(claim)
    waits = look_up(connected.alice.caller, run.id)
    assert (waits.attempts, waits.last_trouble, waits.assets_cleaned_at) == (1, "mce_server_trouble", None)
    assert waits.wake_at is not None


@pytest.mark.parametrize("kind", ["DataExtension", "QueryDefinition"])
def test_a_deletion_whose_answer_was_lost_counts_once_it_is_seen_to_be_gone(
    connected: Cast, mce: Sandbox, kind: str
) -> None:
    mce.fault("Delete", "reset", object_type=kind, moment="after")
    run = drive(connected.alice.caller, failed_run(connected.alice.caller).id)
    assert (run.abandoned, run.assets_cleaned_at is None) == (False, False)
    assert len(mce.calls("Delete", kind)) == 1


def test_what_somebody_deleted_by_hand_is_no_trouble(connected: Cast) -> None:
    alice = connected.alice.caller
    run = failed_run(alice)
    account = open_account(tenant_id=alice.tenant_id, business_unit_id=alice.business_unit_id, user_id=alice.user_id)
    found = data_extensions.find_by_key(account, data_extension_key(run.id))
    assert found is not None
    data_extensions.delete(account, object_id=found.object_id)
    assert drive(alice, run.id).assets_cleaned_at is not None


def test_after_a_day_of_trouble_it_is_left_to_the_sweeper(connected: Cast, mce: Sandbox) -> None:
    run = failed_run(connected.alice.caller)
    change(run, finished_at=Now() - timedelta(hours=25))
    mce.fault("Delete", "http", status=503)
    after = drive(connected.alice.caller, run.id)
    assert (after.abandoned, after.last_trouble, after.wake_at) == (True, "mce_server_trouble", None)


def test_a_cleanup_that_keeps_ending_its_worker_is_left_to_the_sweeper(connected: Cast, mce: Sandbox) -> None:
    run = failed_run(connected.alice.caller)
    change(run, lapses=LAPSES)
    after = drive(connected.alice.caller, run.id)
    assert (after.abandoned, after.last_trouble, after.wake_at) == (True, WorkerKept.code, None)
    assert mce.calls("Delete") == []


def test_credentials_that_cannot_be_unsealed_leave_it_to_the_sweeper(connected: Cast) -> None:
    run = failed_run(connected.alice.caller)
    with tenant_scope(run.tenant_id):
        Connection.objects.update(client_secret=b"sealed with a lost key", access_token=None)
    after = drive(connected.alice.caller, run.id)
    assert (after.abandoned, after.last_trouble) == (True, CannotUnseal.code)
