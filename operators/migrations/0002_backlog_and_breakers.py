"""Narrow ways across tenants for the metrics: what waits to be done, and how many business units are paused."""

from django.db import migrations

from tenants.rls import DefinerFunction

OF_TABLE = """
    SELECT '{queue}',
           count(*) FILTER (WHERE wake_at <= now()),
           coalesce(extract(epoch FROM now() - min(wake_at) FILTER (WHERE wake_at <= now())), 0)::double precision,
           count(*) FILTER (WHERE claim_token IS NOT NULL AND wake_at > now())
      FROM {table} WHERE wake_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0001_active_runs"),
        ("shell_query", "0004_unit_sweeps_row_level_security"),
        ("tenants", "0006_business_units_pause"),
    ]

    operations = [
        DefinerFunction(
            "backlog()",
            returns="TABLE (queue text, overdue bigint, oldest_seconds double precision, claimed bigint)",
            body=OF_TABLE.format(queue="runs", table="shell_query_run")
            + "UNION ALL"
            + OF_TABLE.format(queue="upkeep", table="shell_query_unitsweep"),
            policies={"shell_query_run": "SELECT", "shell_query_unitsweep": "SELECT"},
        ),
        DefinerFunction(
            "business_units_by_breaker()",
            returns="TABLE (state text, units bigint)",
            body="""
                SELECT CASE WHEN paused_until IS NULL THEN 'closed' WHEN paused_until > now() THEN 'open'
                            ELSE 'half_open' END, count(*)
                  FROM tenants_businessunit GROUP BY 1
            """,
            policies={"tenants_businessunit": "SELECT"},
        ),
    ]
