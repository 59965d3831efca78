"""The tick's schedule. Operators may edit it in the admin; it is not overwritten at start."""

from typing import Any

from django.db import migrations

NAME = "Wake what is due"


def schedule(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    interval, _ = (
        apps.get_model("django_celery_beat", "IntervalSchedule")
        .objects.using(database)
        .get_or_create(every=1, period="seconds")
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.using(database).get_or_create(
        name=NAME,
        # A tick that waited longer than this is of no use: the next ones are already there.
        defaults={"task": "leases.tick", "interval": interval, "queue": "tick", "expire_seconds": 3},
    )


def unschedule(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    apps.get_model("django_celery_beat", "PeriodicTask").objects.using(database).filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(schedule, unschedule)]
