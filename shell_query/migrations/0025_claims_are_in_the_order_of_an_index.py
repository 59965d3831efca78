"""No claim reads many rows to sort them, whatever the planner thinks of their alarms and of when they are over."""

from django.db import migrations

from leases.paced_operations import claim_new_function, claim_next_function, claim_paced_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0024_claim_in_one_trip")]

    operations = [
        DropDefinerFunction.of(claim_paced_function("shell_query_run")),
        claim_paced_function("shell_query_run"),
        DropDefinerFunction.of(claim_next_function("shell_query_run")),
        claim_next_function("shell_query_run"),
        DropDefinerFunction.of(claim_new_function("shell_query_run")),
        claim_new_function("shell_query_run"),
    ]
