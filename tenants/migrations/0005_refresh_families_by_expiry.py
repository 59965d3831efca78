"""So that pruning finds the ended families without reading the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_all_tenants")]

    operations = [
        migrations.AddIndex(
            "refreshfamily", models.Index(fields=["tenant", "expires_at"], name="refresh_family_expiry")
        ),
    ]
