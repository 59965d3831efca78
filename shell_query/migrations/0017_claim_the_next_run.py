"""Whoever goes on with a run by itself claims it and begins its next step in one statement."""

from django.db import migrations

from leases.paced_operations import claim_next_function


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0016_vacuum_runs_often")]

    operations = [claim_next_function("shell_query_run")]
