"""Connections: who may ask Marketing Cloud what, with what credentials."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0002_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("client_credentials", "Client Credentials"), ("user_oauth", "User Oauth")],
                        max_length=32,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("broken", "Broken")], default="active", max_length=16
                    ),
                ),
                ("subdomain", models.CharField(max_length=100)),
                ("auth_url", models.CharField(max_length=200)),
                ("client_id", models.CharField(max_length=200)),
                ("client_secret", models.BinaryField()),
                ("refresh_token", models.BinaryField(blank=True, null=True)),
                ("access_token", models.BinaryField(blank=True, null=True)),
                ("access_expires_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "access_version",
                    models.PositiveIntegerField(default=0, editable=False, help_text="Counts the tokens fetched."),
                ),
                (
                    "refresh_until",
                    models.DateTimeField(
                        blank=True, editable=False, help_text="Until then one process is fetching a token.", null=True
                    ),
                ),
                ("soap_url", models.CharField(blank=True, editable=False, max_length=200)),
                ("rest_url", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "business_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connections",
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
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose OAuth connection this is; empty for client credentials.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("tenant"),
                        models.F("business_unit"),
                        condition=models.Q(("user", None)),
                        name="one_client_connection_per_unit",
                    ),
                    models.UniqueConstraint(
                        models.F("tenant"),
                        models.F("business_unit"),
                        models.F("user"),
                        name="one_connection_per_unit_and_user",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "client_credentials"), ("user", None)),
                            models.Q(("kind", "user_oauth"), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="oauth_connections_have_a_user",
                    ),
                ],
            },
        ),
    ]
