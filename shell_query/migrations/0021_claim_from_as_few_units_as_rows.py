"""The tick's claim locks only as many business units as it wants rows, and keeps its plan."""

from django.db import migrations

from leases.paced_operations import claim_paced_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0020_plan_only_what_has_no_alarm")]

    operations = [
        DropDefinerFunction.of(claim_paced_function("shell_query_run")),
        claim_paced_function("shell_query_run"),
    ]
