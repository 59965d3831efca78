"""Puts events and idempotency keys behind row-level security, with the one narrow way that the hub needs."""

from django.db import migrations

from tenants.rls import DefinerFunction, EnableRLS

# Of the subjects named, those with an event later than the sequence beside them. Ids only: the rows are read in scope.
NEWER = """
SELECT asked.tenant_id, asked.subject_id
FROM unnest(tenants, subjects, sequences) AS asked (tenant_id, subject_id, sequence)
WHERE EXISTS (
    SELECT FROM events_event AS event
    WHERE event.tenant_id = asked.tenant_id
      AND event.subject_id = asked.subject_id
      AND event.sequence > asked.sequence
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_events_and_idempotency_keys"),
        ("tenants", "0002_row_level_security"),
    ]

    operations = [
        EnableRLS("event"),
        EnableRLS("idempotencykey"),
        DefinerFunction(
            "events_newer(tenants uuid[], subjects uuid[], sequences integer[])",
            returns="TABLE (tenant_id uuid, subject_id uuid) STABLE",
            body=NEWER,
            policies={"events_event": "SELECT"},
        ),
    ]
