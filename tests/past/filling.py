"""Fills a database with a past, by few statements that each write very many rows.

Three tenants are very large and one user of the first made a twentieth of all runs; the other tenants are much alike.
Runs ended over a little more than the time for which they are kept, evenly and in order, as they would lie on the disk.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

# Those of which there are many.
TABLES = ("shell_query_run", "events_event", "events_idempotencykey", "tenants_auditentry")

Execute = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Past:
    """`days` are those over which the `runs` ended; `flying` have not.

    Events and audit entries are there for the `eventful` latest days, and for what is past its time: of those tables
    a third is enough to tell, and to make the rest takes longer than all other rows. Idempotency keys are there for
    `keyed_hours`.
    """

    runs: int
    tenants: int
    flying: int
    days: int = 91
    eventful: int = 20
    keyed_hours: int = 30


def fill(execute: Execute, past: Past, *, hash_key: bytes) -> None:
    """As a role that may write every tenant's rows. `hash_key` is each tenant's, sealed."""
    given = {**asdict(past), "hash_key": hash_key}
    for statement in (PLACES, TENANTS, UNITS, USERS, GRANTS, CONNECTIONS, SWEEPS, RUNS, FLYING, EVENTS, KEYS, AUDIT):
        execute(statement, given)
    execute("DROP TABLE place", None)


# A run is somebody's who is drawn from here: who has many of these places has many runs.
PLACES = """
CREATE TEMPORARY TABLE place AS
WITH numbered AS (
    SELECT slot,
           CASE WHEN slot < 20000 THEN 1 WHEN slot < 30000 THEN 2 WHEN slot < 35000 THEN 3
                ELSE 4 + (slot - 35000) %% (%(tenants)s - 3) END AS tenant,
           CASE WHEN slot < 5000 THEN 0 WHEN slot < 20000 THEN 1 + slot %% 199 WHEN slot < 30000 THEN slot %% 100
                WHEN slot < 35000 THEN slot %% 50 ELSE (slot - 35000) / (%(tenants)s - 3) %% 10 END AS person
      FROM generate_series(0, 99999) AS slot)
SELECT slot, tenant, person,
       person %% CASE WHEN tenant < 4 THEN 10 ELSE 2 END AS unit,
       md5('tenant ' || tenant)::uuid AS tenant_id,
       md5(format('person %%s of %%s', person, tenant))::uuid AS user_id,
       md5(format('unit %%s of %%s', person %% CASE WHEN tenant < 4 THEN 10 ELSE 2 END, tenant))::uuid AS unit_id
  FROM numbered
"""
TENANTS = """
INSERT INTO tenants_tenant (id, enterprise_id, name, subdomain, plan, sealed_hash_key)
SELECT DISTINCT tenant_id, (9000000 + tenant)::text, 'Tenant ' || tenant, 'mc-' || tenant,
       CASE WHEN tenant %% 10 = 0 THEN 'enterprise' ELSE 'pro' END, %(hash_key)s::bytea
  FROM place
"""
UNITS = """
INSERT INTO tenants_businessunit (id, tenant_id, mid, name)
SELECT DISTINCT unit_id, tenant_id, 9000000 + tenant * 10 + unit, 'Unit ' || unit FROM place
"""
USERS = """
INSERT INTO tenants_user (id, tenant_id, mce_user_id, email, name, role, is_active, password)
SELECT DISTINCT user_id, tenant_id, person::text, '', 'Person ' || person,
       CASE WHEN person = 0 THEN 'owner' ELSE 'member' END, true, ''
  FROM place
"""
GRANTS = """
INSERT INTO tenants_grant (id, tenant_id, user_id, business_unit_id)
SELECT gen_random_uuid(), tenant_id, user_id, unit_id
  FROM (SELECT DISTINCT tenant_id, user_id, unit_id FROM place) AS one
"""
CONNECTIONS = """
INSERT INTO mce_bridge_connection (id, tenant_id, business_unit_id, kind, state, subdomain, auth_url, client_id,
                                   client_secret, access_version, soap_url, rest_url, updated_at)
SELECT gen_random_uuid(), tenant_id, unit_id, 'client_credentials', 'active', '', '', '', '', 0, '', '', now()
  FROM (SELECT DISTINCT tenant_id, unit_id FROM place) AS one
"""
SWEEPS = """
INSERT INTO shell_query_unitsweep (id, tenant_id, business_unit_id, swept_at, wake_at, due_at)
SELECT gen_random_uuid(), tenant_id, unit_id, now() - interval '1 hour', moment, moment
  FROM (SELECT DISTINCT tenant_id, unit_id, now() + interval '1 day' AS moment FROM place) AS one
"""
INTO_RUNS = """
INSERT INTO shell_query_run (
    id, tenant_id, user_id, business_unit_id, created_at, running_at, started_at, executed_at, finished_at,
    query_removed_at, data_extension_removed_at, assets_cleaned_at, abandoned, status, stage, sequence, flow,
    target_key, target_update_type, snippet_name, sql_text_hash, columns, row_count, order_by, violations, warnings,
    error_code, error_message, data_extension_name, data_extension_id, query_id, task_id, starts, looks, seen_running,
    name_attempt, attempts, last_trouble, claims, lapses, wake_at, expires_at)
"""
RUNS = (
    INTO_RUNS
    + """
SELECT gen_random_uuid(), tenant_id, user_id, unit_id, created_at, created_at + interval '0.2 s',
       created_at + interval '3 s', created_at + took - interval '2 s', created_at + took,
       CASE WHEN luck < 0.9995 THEN created_at + took END,
       CASE WHEN status <> 'ready' AND luck < 0.9995 THEN created_at + took END,
       CASE WHEN luck < 0.9995 THEN created_at + took END, luck >= 0.999,
       status, '', CASE WHEN status = 'canceled' THEN 2 ELSE 4 END,
       CASE WHEN aimed THEN 'target' ELSE 'temp' END, CASE WHEN aimed THEN 'Target ' || number %% 70 ELSE '' END,
       CASE WHEN aimed THEN 'Append' ELSE '' END,
       CASE WHEN number %% 4 = 0 THEN '' ELSE 'Snippet ' || number %% 30 END,
       repeat(md5(format('%%s %%s', user_id, number %% 50)), 2),
       CASE WHEN status = 'ready' THEN '[{"name": "SubscriberKey", "type": "Text", "length": 254, "scale": null},
           {"name": "OrderDate", "type": "Date", "length": null, "scale": null},
           {"name": "Amount", "type": "Decimal", "length": 18, "scale": 2}]'::jsonb END,
       CASE WHEN status = 'ready' THEN number %% 5000 END, '[]', '[]', '[]',
       CASE WHEN status = 'failed' THEN 'query_failed' ELSE '' END,
       CASE WHEN status = 'failed' THEN 'Marketing Cloud could not run the query.' ELSE '' END,
       'Query rows of a run', gen_random_uuid()::text, gen_random_uuid()::text, gen_random_uuid()::text, 1, 5, true,
       1, 0, '', 6, 0, NULL, NULL
  FROM (SELECT *, CASE WHEN luck < 0.85 THEN 'ready' WHEN luck < 0.95 THEN 'failed' ELSE 'canceled' END AS status,
               number %% 10 = 0 AS aimed, interval '5 s' + interval '5 minutes' * random() AS took
          FROM (SELECT number, random() AS luck, floor(random() * 100000)::integer AS slot,
                       now() - make_interval(days => %(days)s) * (1 - number::float / %(runs)s)
                           - interval '10 minutes' AS created_at
                  FROM generate_series(1, %(runs)s) AS number) AS drawn) AS made
  JOIN place USING (slot)
"""
)
# Those of a few hundred business units; due tomorrow, until a question makes them due.
FLYING = (
    INTO_RUNS
    + """
SELECT gen_random_uuid(), tenant_id, user_id, unit_id, now() - interval '1 minute', now(), now(), NULL, NULL,
       NULL, NULL, NULL, false, CASE WHEN number %% 6 = 0 THEN 'queued' ELSE 'running' END,
       CASE WHEN number %% 6 = 0 THEN '' ELSE 'executing' END, 3, 'temp', '', '', '',
       repeat(md5(format('%%s %%s', user_id, number %% 50)), 2), NULL, NULL, '[]', '[]', '[]', '', '', '', '', '', '',
       1, 1, true, 1, 0, '', 2, 0, now() + interval '1 day', now() + interval '2 days'
  FROM (SELECT number, 35000 + (number * 7) %% 65000 AS slot FROM generate_series(1, %(flying)s) AS number) AS drawn
  JOIN place USING (slot)
"""
)
EVENTS = """
INSERT INTO events_event (id, tenant_id, subject_id, sequence, name, data, final, created_at)
SELECT gen_random_uuid(), run.tenant_id, run.id, event.sequence, 'status',
       CASE event.sequence
            WHEN run.sequence THEN jsonb_build_object('status', run.status)
            WHEN 1 THEN '{"status": "queued"}'::jsonb
            WHEN 2 THEN '{"status": "running", "stage": "validating"}'::jsonb
            ELSE '{"status": "running", "stage": "executing"}'::jsonb END,
       event.sequence = run.sequence AND run.finished_at IS NOT NULL,
       run.created_at + interval '1 s' * event.sequence
  FROM shell_query_run AS run CROSS JOIN LATERAL generate_series(1, run.sequence) AS event (sequence)
 WHERE run.created_at > now() - make_interval(days => %(eventful)s) OR run.created_at < now() - interval '88 days'
"""
# Half of the requests have a key, which is kept for a day; of some users nobody has come by since to clear theirs.
KEYS = """
INSERT INTO events_idempotencykey (id, tenant_id, user_id, key, request_hash, response, created_at)
SELECT gen_random_uuid(), tenant_id, user_id, id::text, sql_text_hash,
       jsonb_build_object('runId', id, 'status', 'queued'), created_at
  FROM shell_query_run
 WHERE created_at > now() - make_interval(hours => %(keyed_hours)s) AND get_byte(uuid_send(id), 0) < 128
"""
AUDIT = """
INSERT INTO tenants_auditentry (id, tenant_id, at, action, user_id, by, via, subject, details)
SELECT gen_random_uuid(), tenant_id, created_at,
       CASE WHEN get_byte(uuid_send(id), 0) = 0 THEN 'signed_in' ELSE 'run_submitted' END,
       user_id, '', 'key', id::text, '{}'
  FROM shell_query_run
 WHERE created_at > now() - make_interval(days => %(eventful)s) OR created_at < now() - interval '88 days'
"""
