"""The plan of sweeps passes by the units that have an alarm: to insert beside each would lock and write its row."""

from django.db import migrations

from tenants.rls import DefinerFunction, DropDefinerFunction

SIGNATURE = "shell_query_unitsweep_plan(spread double precision, rest double precision)"
RETURNS = "bigint"
POLICIES = {"mce_bridge_connection": "SELECT", "shell_query_unitsweep": "SELECT, INSERT, UPDATE"}
PLAN = """
    WITH planned AS (
        INSERT INTO shell_query_unitsweep AS sweep (id, tenant_id, business_unit_id, wake_at, due_at)
        SELECT gen_random_uuid(), unit.tenant_id, unit.business_unit_id, unit.moment, unit.moment
          FROM (SELECT tenant_id, business_unit_id,
                       greatest(now() + random() * make_interval(secs => spread),
                                min(created_at) + make_interval(secs => rest)) AS moment
                  FROM mce_bridge_connection{connected}
                 WHERE user_id IS NULL{without_an_alarm}
                 GROUP BY tenant_id, business_unit_id
                 ORDER BY tenant_id, business_unit_id) AS unit
            ON CONFLICT (tenant_id, business_unit_id)
            DO UPDATE SET wake_at = excluded.wake_at, due_at = excluded.due_at
             WHERE sweep.wake_at IS NULL
        RETURNING 1)
    SELECT count(*) FROM planned
"""
BEFORE = PLAN.format(connected="", without_an_alarm="")
# What another plan has set meanwhile is still a conflict.
AFTER = PLAN.format(
    connected=" AS connected",
    without_an_alarm="""
                   AND NOT EXISTS (
                       SELECT FROM shell_query_unitsweep AS other
                        WHERE other.tenant_id = connected.tenant_id
                          AND other.business_unit_id = connected.business_unit_id
                          AND other.wake_at IS NOT NULL)""",
)


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0019_claimed_runs_by_their_alarms_no_more")]

    operations = [
        DropDefinerFunction(SIGNATURE, returns=RETURNS, body=BEFORE, policies=POLICIES),
        DefinerFunction(SIGNATURE, returns=RETURNS, body=AFTER, policies=POLICIES),
    ]
