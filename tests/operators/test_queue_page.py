"""/admin/work/: what it shows, and that each of its buttons does what it says, once, and is logged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DataError, ProgrammingError, connections
from django.db.models.functions import Now
from django.test import Client
from redis import Redis

from leases import pauses, ringing
from leases.services import claim_due
from mce_bridge.breaker import Breaker, after_trouble, hold
from mce_bridge.errors import Paused, Throttled
from shell_query.models import Run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import HELD, Action, AuditEntry, BusinessUnit
from tenants.services import ensure_business_unit, ensure_tenant
from tenants.services.audit import Actor
from tests.cast import Cast
from tests.leases.crowd import crowd
from tests.rows import make_run
from tests.shell_query.driver import look_up
from tests.staff import queries_of, staff_client
from tests.threads import at_once

PAGE = "/admin/work/"
MOVED = {"deed": "cancel", "tenant": "", "status": "", "stage": "", "last_trouble": "", "minutes": ""}


@pytest.fixture
def client(cast: Cast, redis: Redis) -> Client:
    return staff_client()


def change(caller: Caller, run_id: UUID, **fields: object) -> None:
    with tenant_scope(caller.tenant_id):
        assert Run.objects.filter(id=run_id).update(**fields) == 1


def press(client: Client, do: str, **fields: str) -> Any:
    return client.post(PAGE, {"do": do, **fields}, follow=True)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def logged() -> list[str]:
    return [entry.change_message for entry in LogEntry.objects.order_by("id")]


def test_only_staff_see_it(cast: Cast) -> None:
    assert Client().get(PAGE)["Location"] == "/admin/login/?next=/admin/work/"
    assert Client().post(PAGE, {"do": "pause_queue", "name": "runs"}).status_code == 302
    assert not pauses.is_paused("runs")


def test_a_change_needs_the_token_of_the_form(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(PAGE, {"do": "pause_queue", "name": "runs"}).status_code == 403


def test_it_shows_queues_stages_overdue_runs_failures_and_tenants(client: Client, cast: Cast) -> None:
    late, failed = make_run(cast.alice.caller), make_run(cast.mallory.caller)
    change(cast.alice.caller, late, wake_at=Now() - timedelta(minutes=5), last_trouble="mce_throttled")
    change(
        cast.mallory.caller,
        failed,
        status="failed",
        error_code="query_failed",
        sealed_sql=None,
        finished_at=Now(),
        wake_at=None,
    )
    shown = client.get(PAGE).context
    assert [(each.name, each.messages, each.overdue) for each in shown["queues"]] == [("runs", 0, 1), ("upkeep", 0, 0)]
    assert shown["queues"][0].oldest > timedelta(minutes=4)
    assert [(row["status"], row["runs"]) for row in shown["stages"]] == [("queued", 1)]
    assert [(run.id, run.last_trouble) for run in shown["overdue"]] == [(late, "mce_throttled")]
    assert list(shown["failures"]) == [{"error_code": "query_failed", "runs": 1}]
    assert [(row["name"], row["active"]) for row in shown["tenants"]] == [("Northwind Outfitters", 1)]
    ages = [shown["queues"][0].oldest, shown["stages"][0]["oldest"], shown["overdue"][0].late]
    assert [age.microseconds for age in ages] == [0, 0, 0]


def test_it_costs_the_same_for_one_tenant_and_for_two(client: Client, cast: Cast) -> None:
    make_run(cast.alice.caller)
    client.get(PAGE)
    for_one = queries_of(client, PAGE)
    make_run(cast.mallory.caller)
    make_run(cast.bob.caller)
    assert queries_of(client, PAGE) == for_one


def test_it_never_asks_for_sql_or_what_marketing_cloud_said(client: Client, cast: Cast) -> None:
    make_run(cast.alice.caller)
    assert "sealed" not in client.get(PAGE).content.decode()


# Pauses


def test_a_paused_queue_is_not_rung_for_until_it_is_resumed(client: Client, cast: Cast, redis: Redis) -> None:
    crowd(cast.alice.caller, 1, waited=1)
    assert said(press(client, "pause_queue", name="runs")) == [
        "runs is paused: what was rung for already is still done."
    ]
    assert (ringing.tick(), redis.llen("runs")) == (0, 0)
    assert said(press(client, "pause_queue", name="runs")) == []
    assert client.get(PAGE).context["queues"][0].paused.by == "sam"
    assert said(press(client, "resume_queue", name="runs")) == ["runs goes on."]
    assert (ringing.tick(), redis.llen("runs")) == (1, 1)
    assert logged() == ["Paused", "Resumed"]


def test_a_pause_of_one_queue_leaves_the_other(client: Client, redis: Redis) -> None:
    press(client, "pause_queue", name="upkeep")
    assert [pauses.is_paused(name) for name in ("runs", "upkeep")] == [False, True]


@pytest.mark.parametrize(("do", "name"), [("pause_queue", "tick"), ("pause_queue", ""), ("pause_tenant", "x")])
def test_what_is_not_there_cannot_be_paused(do: str, name: str, client: Client) -> None:
    assert client.post(PAGE, {"do": do, "name": name}).status_code == 404


def test_the_runs_of_a_paused_tenant_are_not_claimed_and_others_are(client: Client, cast: Cast) -> None:
    mine, theirs = make_run(cast.alice.caller), make_run(cast.mallory.caller)
    tenant = str(cast.alice.caller.tenant_id)
    assert said(press(client, "pause_tenant", name=tenant)) == ["Northwind Outfitters is paused: 1 business units."]
    assert [claim.row_id for claim in claim_due(Run, most=9)] == [theirs]
    assert [row["paused_units"] for row in client.get(PAGE).context["tenants"]] == [1, 0]
    assert said(press(client, "resume_tenant", name=tenant)) == ["Northwind Outfitters goes on: 1 business units."]
    assert [claim.row_id for claim in claim_due(Run, most=9)] == [mine]
    assert logged() == ["Paused", "Resumed"]
    with tenant_scope(cast.alice.caller.tenant_id):
        audited = AuditEntry.objects.order_by("at").values_list("action", "via", "by", "subject", "details")
        assert list(audited) == [
            (Action.STAFF_ACTED, "admin", "sam", tenant, {"what": what}) for what in ("Paused", "Resumed")
        ]


@pytest.fixture
def no_log_is_taken(database: None) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("REVOKE INSERT ON django_admin_log FROM qspro_operator")
        yield
        cursor.execute("GRANT INSERT ON django_admin_log TO qspro_operator")


def test_a_pause_of_a_queue_that_cannot_be_logged_is_none(client: Client, no_log_is_taken: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        press(client, "pause_queue", name="runs")
    assert not pauses.is_paused("runs")


def test_a_pause_of_a_tenant_that_cannot_be_audited_is_none(cast: Cast) -> None:
    with pytest.raises(DataError):
        hold(cast.alice.caller.tenant_id, actor=Actor.staff("s" * 101))
    with tenant_scope(cast.alice.caller.tenant_id):
        assert not BusinessUnit.objects.filter(paused_until__isnull=False).exists()


def test_an_operators_pause_is_neither_ended_nor_relabeled_by_what_marketing_cloud_says(
    client: Client, cast: Cast
) -> None:
    press(client, "pause_tenant", name=str(cast.alice.caller.tenant_id))
    with tenant_scope(cast.alice.caller.tenant_id):
        unit = BusinessUnit.objects.annotate(now=Now()).get(id=cast.alice.caller.business_unit_id)
    assert "paused_until" not in after_trouble(unit, unit.now, Throttled(retry_after=9))
    with pytest.raises(Paused) as raised:
        Breaker.of(unit, unit.now)
    assert (raised.value.retry_after, unit.pause_reason) == (60.0, HELD)


def test_what_is_connected_while_its_tenant_is_paused_is_paused_with_it(client: Client, cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    press(client, "pause_tenant", name=str(alice.tenant_id))
    mine, theirs = (
        make_run(replace(each, business_unit_id=ensure_business_unit(tenant_id=each.tenant_id, mid=99, name="Asia")))
        for each in (alice, mallory)
    )
    assert [claim.row_id for claim in claim_due(Run, most=9)] == [theirs]
    said(press(client, "resume_tenant", name=str(alice.tenant_id)))
    assert [claim.row_id for claim in claim_due(Run, most=9)] == [mine]
    later = ensure_business_unit(tenant_id=alice.tenant_id, mid=100, name="Africa")
    with tenant_scope(alice.tenant_id):
        assert BusinessUnit.objects.get(id=later).paused_until is None


def test_a_tenant_without_business_units_is_paused_and_shown_to_be_resumed(client: Client, database: None) -> None:
    tenant_id = ensure_tenant(enterprise_id="42", name="Acme", subdomain="mc-acme")
    assert said(press(client, "pause_tenant", name=str(tenant_id))) == ["Acme is paused: 0 business units."]
    assert [(row["name"], row["is_paused"]) for row in client.get(PAGE).context["tenants"]] == [("Acme", True)]
    press(client, "resume_tenant", name=str(tenant_id))
    assert list(client.get(PAGE).context["tenants"]) == []


def test_no_business_unit_slips_in_between_a_pause_and_its_tenants_rows(cast: Cast) -> None:
    tenant_id = cast.alice.caller.tenant_id

    def act(number: int) -> object:
        if number == 0:
            return hold(tenant_id, actor=Actor.staff("sam"))
        return ensure_business_unit(tenant_id=tenant_id, mid=number, name="New")

    assert not [each for each in at_once(8, act) if isinstance(each, Exception)]
    with tenant_scope(tenant_id):
        assert set(BusinessUnit.objects.values_list("pause_reason", flat=True)) == {HELD}


def test_resuming_leaves_a_pause_that_marketing_cloud_asked_for(client: Client, cast: Cast) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        BusinessUnit.objects.update(paused_until=Now() + timedelta(minutes=1), pause_reason="mce_throttled")
    shown = said(press(client, "resume_tenant", name=str(cast.alice.caller.tenant_id)))
    assert shown == ["Northwind Outfitters goes on: 0 business units."]


# Many runs at once


def test_a_count_changes_nothing_and_the_deed_does_what_was_counted(client: Client, cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    mine, theirs = [make_run(alice) for _ in range(3)], make_run(mallory)
    asked = {**MOVED, "tenant": str(alice.tenant_id)}
    assert press(client, "count", **asked).context["count"] == 3
    assert {look_up(alice, run_id).status for run_id in mine} == {"queued"}
    assert said(press(client, "carry_out", **asked)) == ["Canceled: 3 runs."]
    assert {look_up(alice, run_id).status for run_id in mine} == {"canceled"}
    assert look_up(mallory, theirs).status == "queued"
    assert logged() == ["Canceled, by filter"] * 3


def test_what_waits_after_a_trouble_is_tried_at_once(client: Client, cast: Cast) -> None:
    alice = cast.alice.caller
    throttled, other = make_run(alice), make_run(alice)
    for run_id, trouble in ((throttled, "mce_throttled"), (other, "")):
        change(alice, run_id, last_trouble=trouble, wake_at=Now() + timedelta(hours=1))
    asked = {**MOVED, "deed": "retry", "last_trouble": "mce_throttled", "status": "queued"}
    assert said(press(client, "carry_out", **asked)) == ["Made due now: 1 runs."]
    assert [claim.row_id for claim in claim_due(Run, most=9)] == [throttled]


def test_younger_runs_are_left_out(client: Client, cast: Cast) -> None:
    old, young = make_run(cast.alice.caller), make_run(cast.alice.caller)
    change(cast.alice.caller, old, created_at=Now() - timedelta(minutes=20))
    press(client, "carry_out", **{**MOVED, "minutes": "10"})
    assert [look_up(cast.alice.caller, run_id).status for run_id in (old, young)] == ["canceled", "queued"]


@pytest.mark.parametrize("changes", [{"deed": "drop"}, {"minutes": "-1"}, {"tenant": "x"}, {"status": "lost"}])
def test_a_filter_that_makes_no_sense_does_nothing(changes: dict[str, str], client: Client, cast: Cast) -> None:
    run_id = make_run(cast.alice.caller)
    shown = press(client, "carry_out", **{**MOVED, **changes})
    assert list(shown.context["form"].errors) == list(changes)
    assert look_up(cast.alice.caller, run_id).status == "queued"
