"""The sweeper's alarm of each business unit, and the indexes by which runs are pruned and settled."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0002_row_level_security"), ("tenants", "0004_all_tenants")]

    operations = [
        migrations.CreateModel(
            name="UnitSweep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("wake_at", models.DateTimeField(editable=False, null=True)),
                ("claim_token", models.UUIDField(editable=False, null=True)),
                ("claims", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                (
                    "step_began_at",
                    models.DateTimeField(editable=False, help_text="Since when a worker is at it.", null=True),
                ),
                (
                    "lapses",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        help_text="How many leases in a row ended in the middle of a step.",
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="What the alarm was set to: a claim moves `wake_at`, never this.",
                        null=True,
                    ),
                ),
                (
                    "began_at",
                    models.DateTimeField(editable=False, help_text="Of the sweep that is under way.", null=True),
                ),
                (
                    "swept_at",
                    models.DateTimeField(editable=False, help_text="When a sweep last saw everything.", null=True),
                ),
                (
                    "deleted",
                    models.PositiveIntegerField(
                        db_default=0, default=0, editable=False, help_text="By the latest sweep."
                    ),
                ),
                (
                    "kept",
                    models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        help_text=(
                            "Assets of ours that stood when all was last seen: young, of active runs, or refused."
                        ),
                    ),
                ),
                (
                    "refused",
                    models.JSONField(
                        db_default=models.Value([], models.JSONField()),
                        default=list,
                        editable=False,
                        help_text="ObjectIDs that Marketing Cloud would not delete in the latest sweep.",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ("last_trouble", models.CharField(blank=True, db_default="", editable=False, max_length=64)),
                (
                    "business_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.businessunit",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["wake_at"],
                        name="unit_sweep_alarm",
                        condition=models.Q(("wake_at__isnull", False)),
                    )
                ],
                "constraints": [models.UniqueConstraint("tenant", "business_unit", name="one_sweep_per_unit")],
            },
        ),
        migrations.AddIndex(
            "run",
            models.Index(
                fields=["tenant", "finished_at"],
                name="run_finished",
                condition=models.Q(("finished_at__isnull", False)),
            ),
        ),
        migrations.AddIndex(
            "run",
            models.Index(
                fields=["tenant", "business_unit"],
                name="run_left_behind",
                condition=models.Q(("abandoned", True), ("assets_cleaned_at__isnull", True)),
            ),
        ),
    ]
