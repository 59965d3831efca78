"""A family of refresh tokens remembers the API key that it began with, and ends with it."""

import django.db.models.deletion
from django.db import migrations, models

SAME_TENANT = """
ALTER TABLE tenants_refreshfamily ADD CONSTRAINT tenants_refreshfamily_api_key_id_same_tenant
    FOREIGN KEY (tenant_id, api_key_id) REFERENCES tenants_apikey (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_business_units_pause")]

    operations = [
        migrations.AddField(
            model_name="refreshfamily",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                help_text="What it began with: revoking the key ends it. Empty for a session.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="refresh_families",
                to="tenants.apikey",
            ),
        ),
        # A plain foreign key looks past policies (docs/decisions/0002).
        migrations.RunSQL(
            SAME_TENANT,
            "ALTER TABLE tenants_refreshfamily DROP CONSTRAINT tenants_refreshfamily_api_key_id_same_tenant",
        ),
    ]
