"""What is claimed, by its business unit: an index that serves nothing else, whatever the planner thinks."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody is kept from writing meanwhile

    dependencies = [("shell_query", "0020_plan_only_what_has_no_alarm")]

    operations = [
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                models.Case(models.When(claim_token__isnull=False, then="business_unit")),
                condition=models.Q(("claim_token__isnull", False)),
                name="run_claimed",
            ),
        ),
    ]
