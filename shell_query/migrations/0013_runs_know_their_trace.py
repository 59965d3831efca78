"""A run keeps the span of its submission: its steps, which the tick rings for, hang from it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0012_runs_know_their_request")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="trace_parent",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The span of its submission, from which those of its steps hang.",
                max_length=55,
            ),
        ),
    ]
