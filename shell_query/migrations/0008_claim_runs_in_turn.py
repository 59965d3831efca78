"""The tick claims runs in their turn: so many of one business unit at once, none of one that is paused."""

from django.db import migrations

from leases.operations import CLAIM_DUE
from leases.paced_operations import claim_paced_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0007_runs_take_turns"), ("tenants", "0006_business_units_pause")]

    operations = [
        DropDefinerFunction(
            "shell_query_run_claim_due(most integer, lease double precision, ahead double precision)",
            returns="TABLE (tenant_id uuid, id uuid, claim_token uuid)",
            body=CLAIM_DUE.format(table="shell_query_run"),
            policies={"shell_query_run": "SELECT, UPDATE"},
        ),
        claim_paced_function("shell_query_run", counts_left=True),
    ]
