"""Puts the tenants' tables behind row-level security, with the two narrow ways that sign-in and staff need."""

from django.db import migrations

from tenants.rls import OPERATOR, DefinerFunction, EnableRLS

STAFF_WRITES = f"""
GRANT INSERT, UPDATE, DELETE ON tenants_user TO {OPERATOR};
GRANT INSERT, UPDATE, DELETE ON django_admin_log TO {OPERATOR};
GRANT USAGE ON SEQUENCE django_admin_log_id_seq TO {OPERATOR};
CREATE POLICY operator_makes_staff ON tenants_user FOR INSERT TO {OPERATOR} WITH CHECK (tenant_id IS NULL);
CREATE POLICY operator_changes_staff ON tenants_user FOR UPDATE TO {OPERATOR}
    USING (tenant_id IS NULL) WITH CHECK (tenant_id IS NULL);
CREATE POLICY operator_removes_staff ON tenants_user FOR DELETE TO {OPERATOR} USING (tenant_id IS NULL);
"""

NO_STAFF_WRITES = f"""
DROP POLICY operator_removes_staff ON tenants_user;
DROP POLICY operator_changes_staff ON tenants_user;
DROP POLICY operator_makes_staff ON tenants_user;
REVOKE USAGE ON SEQUENCE django_admin_log_id_seq FROM {OPERATOR};
REVOKE INSERT, UPDATE, DELETE ON django_admin_log FROM {OPERATOR};
REVOKE INSERT, UPDATE, DELETE ON tenants_user FROM {OPERATOR};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_tenants_and_people"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        EnableRLS("tenant", column="id"),
        EnableRLS("user"),
        EnableRLS("businessunit"),
        EnableRLS("grant"),
        EnableRLS("apikey"),
        EnableRLS("refreshfamily"),
        migrations.RunSQL(STAFF_WRITES, NO_STAFF_WRITES),
        DefinerFunction(
            "tenant_of_enterprise(enterprise text)",
            returns="uuid STABLE",
            body="SELECT id FROM tenants_tenant WHERE enterprise_id = enterprise",
            policies={"tenants_tenant": "SELECT"},
        ),
    ]
