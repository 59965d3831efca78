"""When sweeps are planned and old rows pruned. Operators may edit both in the admin."""

from django.db import migrations

from leases.operations import periodic_task


class Migration(migrations.Migration):
    dependencies = [
        ("shell_query", "0004_unit_sweeps_row_level_security"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        periodic_task(
            "Plan the sweeps of the next hour",
            task="shell_query.plan_sweeps",
            every=1,
            period="hours",
            queue="upkeep",
            expire_seconds=600,
        ),
        periodic_task(
            "Prune what is past its time",
            task="shell_query.prune",
            every=1,
            period="days",
            queue="upkeep",
            expire_seconds=3600,
        ),
    ]
