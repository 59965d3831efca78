"""The tick's claim locks only as many business units as it wants rows, and keeps its plan.

Neither claim joins by reading an index from end to end, and both count by the index of 0021, whatever the planner
thinks.
"""

from django.db import migrations

from leases.paced_operations import claim_next_function, claim_paced_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0021_of_which_unit_a_claimed_run_is")]

    operations = [
        DropDefinerFunction.of(claim_paced_function("shell_query_run")),
        claim_paced_function("shell_query_run"),
        DropDefinerFunction.of(claim_next_function("shell_query_run")),
        claim_next_function("shell_query_run"),
    ]
