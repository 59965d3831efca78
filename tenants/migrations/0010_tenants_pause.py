"""A tenant is paused in its own row, too: what is connected meanwhile begins paused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0009_audit_is_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="paused_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Since when an operator has paused it, with all its business units.",
                null=True,
            ),
        ),
    ]
