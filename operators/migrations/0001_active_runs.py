"""The narrow way across tenants for the metrics: how many runs are active, no more."""

from django.db import migrations

from tenants.rls import DefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0002_row_level_security")]

    operations = [
        DefinerFunction(
            "active_runs()",
            returns="TABLE (status text, stage text, runs bigint, oldest_seconds double precision)",
            body="""
                SELECT status, stage, count(*), extract(epoch FROM now() - min(created_at))::double precision
                  FROM shell_query_run WHERE status IN ('queued', 'running') GROUP BY status, stage
            """,
            policies={"shell_query_run": "SELECT"},
        )
    ]
