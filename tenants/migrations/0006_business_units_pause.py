"""A business unit may pause: what its breaker remembers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_refresh_families_by_expiry"),
    ]

    operations = [
        migrations.AddField(
            model_name="businessunit",
            name="pause_reason",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="businessunit",
            name="paused_until",
            field=models.DateTimeField(
                editable=False,
                help_text="Until then MCE is not asked; after it by one at a time, until it has answered well.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="businessunit",
            name="pauses",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, help_text="How many pauses in a row did not help."
            ),
        ),
        migrations.AddField(
            model_name="businessunit",
            name="troubled_at",
            field=models.DateTimeField(editable=False, help_text="When the first of them failed.", null=True),
        ),
        migrations.AddField(
            model_name="businessunit",
            name="troubles",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, help_text="Calls in a row that MCE failed, within seconds."
            ),
        ),
    ]
