"""Puts runs behind row-level security, with the narrow way by which the tick claims the due ones."""

from django.db import migrations

from leases.operations import claim_due_function
from tenants.rls import EnableRLS


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0001_runs"), ("tenants", "0002_row_level_security")]

    operations = [EnableRLS("run"), claim_due_function("shell_query_run")]
