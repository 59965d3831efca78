"""The claim finds what is due of a business unit by the index of its line, whatever the planner thinks is due."""

from django.db import migrations

from leases.paced_operations import claim_paced_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0014_newest_first_and_by_outcome")]

    operations = [
        DropDefinerFunction.of(claim_paced_function("shell_query_run")),
        claim_paced_function("shell_query_run"),
    ]
