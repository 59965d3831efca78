"""The plan gives each connected business unit its alarm; the tick rings for it on a queue that runs do not fill."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection, connections
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask
from redis import Redis

from leases.ringing import tick
from mce_bridge.models import Connection
from shell_query.models import UnitSweep
from shell_query.services.sweeping import sweep_now
from shell_query.sweeper import alarms
from shell_query.tasks import plan_sweeps
from tenants.context import tenant_scope
from tenants.services import ensure_business_unit
from tests.cast import Cast
from tests.leases.crowd import crowd
from tests.shell_query.sweeper.units import SweptUnit
from tests.threads import at_once

HOUR = timedelta(hours=1)


def connected_long_ago(unit: SweptUnit) -> None:
    with tenant_scope(unit.unit.tenant_id):
        Connection.objects.filter(business_unit_id=unit.unit.business_unit_id).update(created_at=Now() - 24 * HOUR)


def due_within(unit: SweptUnit, first: timedelta, last: timedelta) -> bool:
    with tenant_scope(unit.unit.tenant_id):
        planned = UnitSweep.objects.filter(business_unit_id=unit.unit.business_unit_id)
        return planned.filter(wake_at__gte=Now() + first, wake_at__lte=Now() + last).exists()


def test_every_connected_unit_of_every_tenant_is_planned_once(americas: SweptUnit, globex: SweptUnit) -> None:
    assert (alarms.plan(), alarms.plan()) == (2, 0)
    assert americas.row().wake_at == americas.row().due_at


def test_what_has_an_alarm_is_not_even_locked(americas: SweptUnit) -> None:
    alarms.plan()
    before = row_version(americas)
    alarms.plan()
    assert row_version(americas) == before


def row_version(unit: SweptUnit) -> tuple[str, str]:
    """Where the row lies, and who has written or locked it last."""
    with tenant_scope(unit.unit.tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, xmax::text FROM shell_query_unitsweep")
        found: tuple[str, str] = cursor.fetchone()
    return found


def test_a_unit_that_is_not_connected_has_nothing_to_sweep(cast: Cast) -> None:
    ensure_business_unit(tenant_id=cast.alice.caller.tenant_id, mid=7001002, name="Not connected")
    assert alarms.plan() == 0


def test_a_new_unit_is_left_in_peace_for_an_hour(americas: SweptUnit) -> None:
    alarms.plan()
    assert due_within(americas, HOUR - timedelta(minutes=5), HOUR)


def test_an_older_one_is_swept_within_the_next_hour(americas: SweptUnit) -> None:
    connected_long_ago(americas)
    alarms.plan()
    assert due_within(americas, timedelta(minutes=-1), HOUR)


def test_the_sweeps_of_many_units_are_spread(americas: SweptUnit) -> None:
    connected_long_ago(americas)
    moments = set()
    for _ in range(5):
        alarms.plan()
        moments.add(americas.row().wake_at)
        americas.change(wake_at=None)
    assert len(moments) == 5


def test_a_sweep_that_is_under_way_keeps_its_alarm(americas: SweptUnit) -> None:
    claim = americas.ring()
    before = americas.row()
    assert alarms.plan() == 0
    assert (americas.row().wake_at, americas.row().claim_token) == (before.wake_at, claim.token)


def test_after_a_sweep_the_next_plan_sets_the_alarm_again(americas: SweptUnit) -> None:
    plan_sweeps()
    sweep_now(americas.unit)
    assert americas.row().wake_at is None
    plan_sweeps()
    assert americas.row().wake_at is not None


def test_eight_plans_at_once_are_one(americas: SweptUnit, globex: SweptUnit) -> None:
    planned = at_once(8, lambda _: alarms.plan())
    assert sum(count for count in planned if isinstance(count, int)) == 2
    assert not any(isinstance(count, Exception) for count in planned)
    for unit in (americas, globex):
        with tenant_scope(unit.unit.tenant_id):
            assert UnitSweep.objects.count() == 1


def test_the_tick_rings_for_a_due_sweep_though_the_queue_of_runs_is_full(
    americas: SweptUnit, redis: Redis, settings: Any
) -> None:
    settings.WORKER_SLOTS = 1
    crowd(americas.caller, 3, waited=1)
    americas.change(wake_at=Now(), due_at=Now())
    assert (tick(), redis.llen("runs"), redis.llen("upkeep")) == (2, 1, 1)
    (message,) = redis.lrange("upkeep", 0, -1)
    assert json.loads(message)["headers"]["task"] == "shell_query.sweep_unit"


def test_both_schedules_are_there_for_the_admin_to_edit(database: None) -> None:
    fields = ("interval__every", "interval__period", "queue", "expire_seconds", "enabled")
    tasks = {task: tuple(rest) for task, *rest in PeriodicTask.objects.values_list("task", *fields)}
    assert tasks["leases.tick"] == (1, "seconds", "tick", 3, True)
    assert tasks["shell_query.plan_sweeps"] == (1, "hours", "upkeep", 600, True)
    assert tasks["shell_query.prune"] == (1, "days", "upkeep", 3600, True)


def test_nobody_but_the_runtime_role_may_plan_or_claim(database: None) -> None:
    functions = ("shell_query_unitsweep_plan(float, float)", "shell_query_unitsweep_claim_due(int, float, float)")
    with connections["operator"].cursor() as cursor:
        for function in functions:
            cursor.execute("SELECT has_function_privilege(%s, 'execute')", [function])
            assert cursor.fetchone() == (False,)
