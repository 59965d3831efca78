"""So that pruning finds the old keys without reading the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0002_row_level_security")]

    operations = [
        migrations.AddIndex(
            "idempotencykey", models.Index(fields=["tenant", "created_at"], name="idempotency_key_age")
        ),
    ]
