"""When a run must be told that it is over, and the indexes by which runs are claimed in turn."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shell_query", "0006_run_to_target"),
        ("tenants", "0006_business_units_pause"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="expires_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("wake_at__isnull", False)), fields=["business_unit", "wake_at"], name="run_line"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("claim_token__isnull", False)),
                fields=["business_unit", "wake_at"],
                name="run_claimed",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)), fields=["expires_at"], name="run_expiry"
            ),
        ),
    ]
