"""What the hub asks is answered by the index however few events there are: a connection keeps its plan."""

from django.db import migrations

from tenants.rls import DefinerFunction, DropDefinerFunction

SIGNATURE = "events_newer(tenants uuid[], subjects uuid[], sequences integer[])"
RETURNS = "TABLE (tenant_id uuid, subject_id uuid) STABLE"
POLICIES = {"events_event": "SELECT"}
BEFORE = """
SELECT asked.tenant_id, asked.subject_id
FROM unnest(tenants, subjects, sequences) AS asked (tenant_id, subject_id, sequence)
WHERE EXISTS (
    SELECT FROM events_event AS event
    WHERE event.tenant_id = asked.tenant_id
      AND event.subject_id = asked.subject_id
      AND event.sequence > asked.sequence
)
"""
# The limit keeps it from becoming a join, which may read all events.
NEWER = """
SELECT asked.tenant_id, asked.subject_id
FROM unnest(tenants, subjects, sequences) AS asked (tenant_id, subject_id, sequence)
CROSS JOIN LATERAL (
    SELECT FROM events_event AS event
    WHERE event.tenant_id = asked.tenant_id
      AND event.subject_id = asked.subject_id
      AND event.sequence > asked.sequence
    LIMIT 1
) AS newer
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0003_idempotency_keys_by_age")]

    operations = [
        DropDefinerFunction(SIGNATURE, returns=RETURNS, body=BEFORE, policies=POLICIES),
        DefinerFunction(SIGNATURE, returns=RETURNS, body=NEWER, policies=POLICIES),
    ]
