"""Puts the audit behind row-level security, and lets the runtime role add to it and read it, no more."""

from django.db import migrations

from tenants.rls import RUNTIME, EnableRLS

APPEND_ONLY = f"REVOKE UPDATE, DELETE, TRUNCATE ON tenants_auditentry FROM {RUNTIME}"
CHANGEABLE = f"GRANT UPDATE, DELETE ON tenants_auditentry TO {RUNTIME}"
# What a constraint does is done as the table's owner: the entries of a tenant go with it, and in no other way.
GOES_WITH_ITS_TENANT = """
ALTER TABLE tenants_auditentry ADD CONSTRAINT tenants_auditentry_tenant
    FOREIGN KEY (tenant_id) REFERENCES tenants_tenant (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_accounts")]

    operations = [
        EnableRLS("auditentry"),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        migrations.RunSQL(
            GOES_WITH_ITS_TENANT, "ALTER TABLE tenants_auditentry DROP CONSTRAINT tenants_auditentry_tenant"
        ),
    ]
