"""Migration operations: for a leased table, and for what beat sends again and again."""

from typing import Any

from django.db.migrations import RunPython

from tenants.rls import DefinerFunction

CLAIM_DUE = """
    UPDATE {table} AS leased
       SET claim_token = gen_random_uuid(),
           wake_at = now() + make_interval(secs => lease),
           claims = leased.claims + 1,
           lapses = leased.lapses + CASE WHEN leased.step_began_at IS NULL THEN 0 ELSE 1 END,
           step_began_at = NULL
      FROM (SELECT id
              FROM {table}
             WHERE wake_at <= now() + make_interval(secs => ahead)
               AND (claim_token IS NULL OR wake_at <= now())
             ORDER BY wake_at
             LIMIT most
               FOR UPDATE SKIP LOCKED) AS due
     WHERE leased.id = due.id
 RETURNING leased.tenant_id, leased.id, leased.claim_token
"""

# The tenant is compared by what no index serves, as in leases/paced_operations.py.
TAKE = """
#variable_conflict use_column
BEGIN
    RETURN QUERY
    UPDATE {table} AS leased
       SET claim_token = gen_random_uuid(),
           wake_at = now() + make_interval(secs => lease),
           step_began_at = now(),
           held_by = worker
      FROM (SELECT claimed.id, extract(epoch FROM now() - claimed.wake_at)::double precision + lease AS age
              FROM {table} AS claimed
             WHERE claimed.id = wanted
               AND (claimed.tenant_id = tenant) IS TRUE) AS rung
     WHERE leased.id = rung.id
       AND leased.claim_token = token
 RETURNING leased.tenant_id, leased.id, leased.claim_token, rung.age;
END
"""


def claim_due_function(table: str) -> DefinerFunction:
    """`<table>_claim_due(most, lease, ahead)`: claims the rows that are due, of every tenant, and gives their ids.
    `lease` and `ahead` are in seconds.

    Two ticks at once claim different rows. `ahead` lets a row be claimed a little early, so that its message is on its
    way when the alarm goes off; a lease that still runs is never cut short.
    """
    return DefinerFunction(
        f"{table}_claim_due(most integer, lease double precision, ahead double precision)",
        returns="TABLE (tenant_id uuid, id uuid, claim_token uuid)",
        body=CLAIM_DUE.format(table=table),
        policies={table: "SELECT, UPDATE"},
    )


def take_function(table: str) -> DefinerFunction:
    """`<table>_take(tenant, wanted, token, worker, lease)`: the claim that a message speaks of, under a new token and
    with its step begun, and for how many seconds it had been claimed; nothing if it is lost.
    """
    return DefinerFunction(
        f"{table}_take(tenant uuid, wanted uuid, token uuid, worker text, lease double precision)",
        returns="TABLE (tenant_id uuid, id uuid, claim_token uuid, age double precision)",
        body=TAKE.format(table=table),
        policies={table: "SELECT, UPDATE"},
        language="plpgsql",
        settings=("plan_cache_mode = force_generic_plan",),
    )


def periodic_task(name: str, *, task: str, every: int, period: str, queue: str, expire_seconds: int) -> RunPython:
    """Has beat send `task` to `queue`. Operators may edit the schedule in the admin; it is not overwritten at start.

    The migration depends on `django_celery_beat`. A message that waited longer than `expire_seconds` is of no use.
    """

    def schedule(apps: Any, schema_editor: Any) -> None:
        database = schema_editor.connection.alias
        intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects.using(database)
        interval, _ = intervals.get_or_create(every=every, period=period)
        tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects.using(database)
        tasks.get_or_create(
            name=name,
            defaults={"task": task, "interval": interval, "queue": queue, "expire_seconds": expire_seconds},
        )

    def unschedule(apps: Any, schema_editor: Any) -> None:
        database = schema_editor.connection.alias
        apps.get_model("django_celery_beat", "PeriodicTask").objects.using(database).filter(name=name).delete()

    return RunPython(schedule, unschedule)
