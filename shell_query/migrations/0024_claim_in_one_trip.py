"""Whoever answers a message claims by a function too, whose plan is kept, in one round trip."""

from django.db import migrations

from leases.operations import take_function
from leases.paced_operations import claim_new_function


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0023_without_the_index_of_units_and_tokens")]

    operations = [
        claim_new_function("shell_query_run"),
        take_function("shell_query_run"),
        take_function("shell_query_unitsweep"),
    ]
