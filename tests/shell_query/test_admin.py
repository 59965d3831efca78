"""Runs in the admin: everything about how they went, nothing of what was asked or found."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models.functions import Now
from django.test import Client

from events.models import Event
from shell_query.models import Run
from shell_query.states import Stage, Status
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.encryption import seal
from tests.cast import Cast
from tests.rows import make_run
from tests.staff import staff_client

LIST = "/admin/shell_query/run/"
SQL, MCE_SAID, COLUMN = "SELECT Salary FROM Staff", "Invalid column name Salary", "SalaryColumn"


@pytest.fixture
def client(database: None) -> Client:
    return staff_client()


def change(caller: Caller, run_id: UUID, **fields: object) -> None:
    with tenant_scope(caller.tenant_id):
        assert Run.objects.filter(id=run_id).update(**fields) == 1


def running(caller: Caller, stage: Stage) -> UUID:
    run_id: UUID = make_run(caller)
    change(caller, run_id, status=Status.RUNNING, stage=stage)
    return run_id


def failed(caller: Caller) -> UUID:
    run_id: UUID = make_run(caller)
    change(
        caller,
        run_id,
        status=Status.FAILED,
        error_code="query_failed",
        error_message="Marketing Cloud started the query, and it failed there",
        sealed_sql=None,
        sealed_mce_message=seal(MCE_SAID),
        columns=[{"name": COLUMN}],
        violations=[{"code": "target_field_missing", "field": "sqlText", "message": f"A has no field {COLUMN}."}],
        warnings=[{"code": "target_type", "field": "sqlText", "message": f"{COLUMN} is a text."}],
        finished_at=Now(),
        looks=4,
    )
    return run_id


def listed(client: Client, **query: str) -> set[UUID]:
    return {run.id for run in client.get(LIST, query).context["cl"].result_list}


def test_runs_are_narrowed_by_status_stage_flow_and_time(client: Client, cast: Cast) -> None:
    queued: UUID = make_run(cast.alice.caller)
    executing, starting = running(cast.bob.caller, Stage.EXECUTING), running(cast.mallory.caller, Stage.STARTING)
    change(cast.alice.caller, queued, created_at=Now() - timedelta(days=40))
    everything = {queued, executing, starting}
    assert listed(client) == everything
    assert listed(client, status="running") == {executing, starting}
    assert listed(client, stage="executing") == {executing}
    assert listed(client, flow__exact="temp") == everything
    assert listed(client, status="running", tenant=str(cast.mallory.caller.tenant_id)) == {starting}
    long_ago = {"created_at__gte": "2020-01-01 00:00:00+00:00", "created_at__lt": "2020-02-01 00:00:00+00:00"}
    assert listed(client, **long_ago) == set()


def test_a_run_is_found_by_its_id_or_the_beginning_of_it(client: Client, cast: Cast) -> None:
    one: UUID = make_run(cast.alice.caller)
    other: UUID = make_run(cast.mallory.caller)
    change(cast.alice.caller, one, id=UUID("abcd1234-0000-4000-8000-000000000001"))
    change(cast.mallory.caller, other, id=UUID("abce1234-0000-4000-8000-000000000002"))
    one, other = UUID("abcd1234-0000-4000-8000-000000000001"), UUID("abce1234-0000-4000-8000-000000000002")
    assert listed(client, q=str(one)) == {one}
    assert listed(client, q=one.hex) == {one}
    assert listed(client, q=" ABCD ") == {one}
    assert listed(client, q="abc") == {one, other}
    assert listed(client, q="QPP_Results") == set()
    assert listed(client, q=one.hex + "0") == set()


def test_a_failed_run_tells_our_sentence_its_counts_and_its_history(client: Client, cast: Cast) -> None:
    run_id, caller = failed(cast.alice.caller), cast.alice.caller
    with tenant_scope(caller.tenant_id):
        for sequence, data in enumerate(
            ({"status": "running", "stage": "executing"}, {"status": "failed", "errorCode": "query_failed"}), start=1
        ):
            Event.objects.create(
                tenant_id=caller.tenant_id, subject_id=run_id, sequence=sequence, name="status", data=data
            )
        first, second = Event.objects.values_list("created_at", flat=True)
    page = client.get(f"{LIST}{run_id}/change/")
    for shown in ("query_failed", "Marketing Cloud started the query, and it failed there", "Looks:"):
        assert shown in page.text
    rows = "<tr><td>1</td><td>{}</td><td>running</td><td>executing</td><td></td></tr>" + (
        "<tr><td>2</td><td>{}</td><td>failed</td><td></td><td>query_failed</td></tr>"
    )
    assert rows.format(first.isoformat(), second.isoformat()) in page.text


def test_no_page_shows_the_sql_marketing_clouds_words_or_columns(client: Client, cast: Cast) -> None:
    run_id = failed(cast.alice.caller)
    asked: UUID = make_run(cast.bob.caller)
    sealed = seal(SQL)
    change(cast.bob.caller, asked, sealed_sql=sealed)
    for path in ("", f"{run_id}/change/", f"{run_id}/history/", f"{asked}/change/"):
        page = client.get(f"{LIST}{path}").text
        for secret in (SQL, "Salary", MCE_SAID, COLUMN, sealed.decode()):
            assert secret not in page


def test_what_is_left_in_marketing_cloud_is_told(client: Client, cast: Cast) -> None:
    run_id = failed(cast.alice.caller)
    caller = cast.alice.caller
    made = {"query_id": "q", "data_extension_id": "d", "data_extension_name": "QPP_Results_abcd"}
    change(caller, run_id, **made)
    left = f"query QPP_Query_{run_id}, data extension QPP_Results_abcd"
    assert f'<div class="readonly">{left}</div>' in client.get(f"{LIST}{run_id}/change/").text
    change(caller, run_id, query_removed_at=Now(), data_extension_removed_at=Now())
    assert '<div class="readonly">nothing</div>' in client.get(f"{LIST}{run_id}/change/").text


def test_a_run_cannot_be_made_changed_or_deleted(client: Client, cast: Cast) -> None:
    run_id: UUID = make_run(cast.alice.caller)
    for path in ("add/", f"{run_id}/change/", f"{run_id}/delete/"):
        assert client.post(f"{LIST}{path}", {"post": "yes", "status": "ready"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [str(run_id)], "post": "yes"})
    assert Run.objects.using("operator").get().status == Status.QUEUED


# Actions


def act(client: Client, action: str, *runs: UUID, reason: str = "") -> list[str]:
    """What the page says of it."""
    posted = {"action": action, "_selected_action": [str(run) for run in runs], "reason": reason}
    response = client.post(LIST, posted, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_each_action_says_what_it_did_and_is_logged_for_what_it_did_alone(client: Client, cast: Cast) -> None:
    mine, theirs, ended = make_run(cast.alice.caller), make_run(cast.mallory.caller), failed(cast.alice.caller)
    change(cast.alice.caller, mine, wake_at=Now() + timedelta(hours=1))
    assert act(client, "look_now", mine, ended) == ["Due now: 1, the others have ended or are being looked at."]
    assert act(client, "cancel", mine, theirs, ended) == ["Canceled: 2, the others had ended."]
    assert act(client, "clean_up_now", ended) == ["Cleanup due now: 1."]
    deeds = LogEntry.objects.order_by("id").values_list("object_id", "change_message")
    assert [(UUID(run), what) for run, what in deeds if run != str(theirs)] == [
        (mine, "Due now"),
        (mine, "Canceled"),
        (ended, "Cleanup due now"),
    ]


def test_a_run_is_failed_with_a_reason_and_not_without(client: Client, cast: Cast) -> None:
    run = make_run(cast.alice.caller)
    assert act(client, "fail", run, reason="  ") == ["Give a reason: the run's owner is shown it."]
    assert act(client, "fail", run, reason="Held up the others.") == ["Failed (Held up the others.): 1."]
    with tenant_scope(cast.alice.caller.tenant_id):
        kept = Run.objects.get(id=run)
    assert (kept.status, kept.error_message) == ("failed", "An operator ended the run: Held up the others.")
