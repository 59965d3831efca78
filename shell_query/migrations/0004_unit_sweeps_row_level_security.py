"""Puts the sweeps behind row-level security, with the two narrow ways by which they are planned and claimed."""

from django.db import migrations

from leases.operations import claim_due_function
from tenants.rls import DefinerFunction, EnableRLS

# One statement for every business unit that client credentials connect: a new one cannot be missed, and one whose sweep
# is still to come or under way keeps its alarm. In one order, so that two plans at once cannot lock each other out.
PLAN = """
    WITH planned AS (
        INSERT INTO shell_query_unitsweep AS sweep (id, tenant_id, business_unit_id, wake_at, due_at)
        SELECT gen_random_uuid(), unit.tenant_id, unit.business_unit_id, unit.moment, unit.moment
          FROM (SELECT tenant_id, business_unit_id,
                       greatest(now() + random() * make_interval(secs => spread),
                                min(created_at) + make_interval(secs => rest)) AS moment
                  FROM mce_bridge_connection
                 WHERE user_id IS NULL
                 GROUP BY tenant_id, business_unit_id
                 ORDER BY tenant_id, business_unit_id) AS unit
            ON CONFLICT (tenant_id, business_unit_id)
            DO UPDATE SET wake_at = excluded.wake_at, due_at = excluded.due_at
             WHERE sweep.wake_at IS NULL
        RETURNING 1)
    SELECT count(*) FROM planned
"""


class Migration(migrations.Migration):
    dependencies = [
        ("shell_query", "0003_unit_sweeps"),
        ("mce_bridge", "0002_row_level_security"),
    ]

    operations = [
        EnableRLS("unitsweep"),
        claim_due_function("shell_query_unitsweep"),
        # `spread` and `rest`, both in seconds: over how long the sweeps are spread, and how long after it was connected
        # a business unit is left in peace.
        DefinerFunction(
            "shell_query_unitsweep_plan(spread double precision, rest double precision)",
            returns="bigint",
            body=PLAN,
            policies={"mce_bridge_connection": "SELECT", "shell_query_unitsweep": "SELECT, INSERT, UPDATE"},
        ),
    ]
