"""The narrow way by which housekeeping learns whose scopes there are: ids, and nothing else."""

from django.db import migrations

from tenants.rls import DefinerFunction


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_staff")]

    operations = [
        DefinerFunction(
            "all_tenants()",
            returns="SETOF uuid STABLE",
            body="SELECT id FROM tenants_tenant ORDER BY id",
            policies={"tenants_tenant": "SELECT"},
        ),
    ]
