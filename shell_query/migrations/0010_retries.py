"""How often a step of a run was done again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0009_ready_runs_may_be_reused")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="retries",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="How often a step was done again, after trouble or a lost worker."
            ),
        ),
    ]
