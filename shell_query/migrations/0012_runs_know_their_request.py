"""A run keeps the id of the request that submitted it, for the log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0011_steps_are_held_by_workers")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="request_id",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Of its submission, in the log.",
                max_length=64,
            ),
        ),
    ]
