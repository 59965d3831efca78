"""Steps say which worker began them, and one whose worker has died takes no place in its business unit."""

from django.db import migrations, models

from leases.paced_operations import claim_paced_function, leave_function
from tenants.rls import DropDefinerFunction


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0010_retries")]

    operations = [
        *(
            migrations.AddField(
                model_name=model_name,
                name="held_by",
                field=models.CharField(
                    blank=True,
                    db_default="",
                    default="",
                    editable=False,
                    help_text="Which worker began that step.",
                    max_length=255,
                ),
            )
            for model_name in ("run", "unitsweep")
        ),
        leave_function("shell_query_run"),
        DropDefinerFunction.of(claim_paced_function("shell_query_run", counts_left=True)),
        claim_paced_function("shell_query_run"),
    ]
