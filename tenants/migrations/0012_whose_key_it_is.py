"""Whose a key is, by a function: asked with every request, and PostgreSQL takes longer to plan it than to find it.

It runs in the name of who calls it, behind row-level security, and its plan is kept by the connection.
"""

from django.db import migrations

CALLER_OF_KEY = """
    CREATE FUNCTION tenants_caller_of_key(hash text, use_step interval)
    RETURNS TABLE (
        api_key_id uuid, user_id uuid, business_unit_id uuid, mid bigint, role varchar, scopes varchar[],
        use_is_due boolean
    )
    LANGUAGE plpgsql STABLE AS $function$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT key.id, key.user_id, key.business_unit_id, unit.mid, "user".role, key.scopes::varchar[],
               key.last_used_at IS NULL OR key.last_used_at < statement_timestamp() - use_step
          FROM tenants_apikey key
          JOIN tenants_grant granted
            ON granted.user_id = key.user_id AND granted.business_unit_id = key.business_unit_id
          JOIN tenants_user "user" ON "user".id = key.user_id
          JOIN tenants_businessunit unit ON unit.id = key.business_unit_id
         WHERE key.hashed_secret = hash AND key.revoked_at IS NULL
           AND (key.expires_at IS NULL OR key.expires_at > statement_timestamp())
           AND granted.withdrawn_at IS NULL AND "user".is_active;
    END $function$
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0011_audit_by_action_and_newest")]

    operations = [
        migrations.RunSQL(CALLER_OF_KEY, "DROP FUNCTION tenants_caller_of_key(text, interval)"),
    ]
