"""A row for each queue that operators have paused."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("leases", "0001_tick_each_second")]

    operations = [
        migrations.CreateModel(
            name="PausedQueue",
            fields=[
                ("queue", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("since", models.DateTimeField(db_default=Now(), editable=False)),
                ("by", models.CharField(max_length=100)),
            ],
        ),
    ]
