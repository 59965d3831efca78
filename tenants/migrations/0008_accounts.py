"""Grants can be withdrawn, people signed out everywhere, and what they do is written down."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import tenants.models.audit


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_refresh_families_end_with_their_key")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="signed_out_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="Sessions that began before are over.", null=True
            ),
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=Now(), editable=False)),
                ("action", models.CharField(choices=tenants.models.audit.Action.choices, max_length=32)),
                ("user_id", models.UUIDField(help_text="Who did it; empty for staff and commands.", null=True)),
                ("by", models.CharField(blank=True, help_text="The member of staff, or the command.", max_length=100)),
                ("via", models.CharField(help_text="session, token, key, admin or command", max_length=16)),
                ("subject", models.CharField(blank=True, help_text="The id of what it was done to.", max_length=100)),
                ("details", models.JSONField(default=dict)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["tenant", "-at", "-id"], name="audit_by_time")],
            },
        ),
    ]
