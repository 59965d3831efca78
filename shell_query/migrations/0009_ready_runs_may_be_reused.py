"""The index by which a ready run of the same query is found."""

from django.conf import settings
from django.db import migrations, models

import shell_query.states


class Migration(migrations.Migration):
    dependencies = [
        ("shell_query", "0008_claim_runs_in_turn"),
        ("tenants", "0006_business_units_pause"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(
                    ("data_extension_removed_at__isnull", True),
                    ("flow", "temp"),
                    ("status", shell_query.states.Status["READY"]),
                ),
                fields=["tenant", "user", "business_unit", "sql_text_hash", "-started_at"],
                name="run_reusable",
            ),
        ),
    ]
