"""An index of what is claimed of each business unit, which serves nothing else: claims count by it (0018)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody is kept from writing meanwhile

    dependencies = [("shell_query", "0016_vacuum_runs_often")]

    operations = [
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("claim_token__isnull", False)),
                fields=["business_unit", "claim_token"],
                name="run_flying",
            ),
        ),
    ]
