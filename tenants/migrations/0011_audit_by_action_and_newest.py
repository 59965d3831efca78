"""The indexes by which the audit is read of one action, and over all tenants."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody is kept from writing meanwhile

    dependencies = [
        ("tenants", "0010_tenants_pause"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(fields=["tenant", "action", "-at", "-id"], name="audit_by_action"),
        ),
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(fields=["-at", "-id"], name="audit_newest"),
        ),
    ]
