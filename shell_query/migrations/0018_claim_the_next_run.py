"""Whoever goes on with a run by itself claims it and begins its next step in one statement.

And claims count what is in flight of a unit by an index that serves nothing else, whatever the planner thinks.
"""

from django.db import migrations

from leases.paced_operations import claim_next_function, claim_paced_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0017_what_is_claimed_of_a_unit")]

    operations = [
        DropDefinerFunction.of(claim_paced_function("shell_query_run")),
        claim_paced_function("shell_query_run"),
        claim_next_function("shell_query_run"),
    ]
