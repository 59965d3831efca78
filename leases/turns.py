"""The claim in turn, as SQL: what of which business unit comes first."""

from functools import partial
from uuid import UUID

from leases.workers import GONE

# Lock first, count in the next statement: it then sees what was claimed before the units were locked. A unit
# that somebody else is claiming from is left to the next tick.
# Only as many units are locked as rows are asked for: those whose first row is among the first of all. They are looked
# for near, among the units of the rows that are longest due and those of enterprises, which may go before them; and
# among all that have something due only if somebody behind so many rows could be among the first.
CLAIM_IN_TURN = """
#variable_conflict use_column
DECLARE
    units uuid[];
    alarms timestamptz[];
    mine uuid[];
    sure bigint;
    horizon timestamptz := 'infinity';
BEGIN
    IF beside IS NOT NULL THEN
        SELECT array_agg(unit.id), array_agg(head.wake_at) INTO units, alarms
          FROM (SELECT leased.business_unit_id AS id FROM {table} AS leased WHERE leased.id = beside) AS unit
         CROSS JOIN LATERAL ({line}
                 LIMIT 1) AS head;
    ELSE
        SELECT array_agg(near.id), array_agg(near.wake_at), count(*),
               CASE WHEN coalesce(sum(near.due), 0) < {reach} THEN 'infinity' ELSE max(near.latest) END
          INTO units, alarms, sure, horizon
          FROM (SELECT due.business_unit_id AS id, min(due.wake_at) AS wake_at, max(due.wake_at) AS latest,
                       count(*) AS due
                  FROM (SELECT leased.business_unit_id, leased.wake_at
                          FROM {table} AS leased
                         WHERE leased.wake_at <= now() + make_interval(secs => ahead){claimable}
                         ORDER BY leased.wake_at
                         LIMIT {reach}) AS due
                 GROUP BY due.business_unit_id) AS near;
        IF horizon < 'infinity' AND sure >= most THEN
            SELECT array_agg(near.id), array_agg(near.wake_at) INTO units, alarms
              FROM (SELECT id, wake_at FROM unnest(units, alarms) AS due (id, wake_at)
                     UNION
                    SELECT unit.id, head.wake_at
                      FROM tenants_tenant AS tenant
                      JOIN tenants_businessunit AS unit ON unit.tenant_id = tenant.id
                     CROSS JOIN LATERAL ({line}
                             LIMIT 1) AS head
                     WHERE tenant.plan = 'enterprise') AS near;
        END IF;
    END IF;

    LOOP
        IF horizon < 'infinity' AND sure < most THEN
            SELECT array_agg(far.id), array_agg(far.wake_at) INTO units, alarms FROM ({far}) AS far;
            horizon := 'infinity';
        END IF;
        SELECT array_agg(first.id), count(*) FILTER (WHERE first.turn = 0 AND first.since <= horizon)
          INTO mine, sure
          FROM (SELECT unit.id, here.flying / paid.share AS turn, head.wake_at - paid.start AS since
                  FROM unnest(units, alarms) AS head (id, wake_at)
                  JOIN tenants_businessunit AS unit ON unit.id = head.id
                 CROSS JOIN LATERAL {paid} AS paid
                 CROSS JOIN LATERAL (SELECT {flying} AS flying OFFSET 0) AS here
                 WHERE (unit.paused_until IS NULL OR unit.paused_until <= now())
                   AND here.flying < {may_fly}
                 ORDER BY turn, since
                 LIMIT most
                   FOR NO KEY UPDATE OF unit SKIP LOCKED) AS first;
        EXIT WHEN horizon = 'infinity' OR sure >= most;
    END LOOP;

    RETURN QUERY
    WITH units AS MATERIALIZED (
        SELECT unit.id, paid.share, paid.start, {may_fly} AS may_fly, {flying} AS flying
          FROM tenants_businessunit AS unit
         CROSS JOIN LATERAL {paid} AS paid
         WHERE unit.id = ANY (mine)
    ),
    waiting AS (
        SELECT due.*,
               (unit.flying + row_number() OVER (PARTITION BY unit.id ORDER BY due.wake_at) - 1) / unit.share AS turn,
               due.wake_at - unit.start AS since
          FROM units AS unit
         CROSS JOIN LATERAL ({line}
                 LIMIT greatest(unit.may_fly - unit.flying, 0)) AS due
    ),
    expired AS (
        SELECT leased.id, leased.wake_at, leased.claim_token, -1 AS turn, leased.expires_at AS since
          FROM {table} AS leased
         WHERE leased.expires_at <= now()
           AND (leased.claim_token IS NULL OR leased.wake_at <= now())
           AND beside IS NULL
         ORDER BY leased.expires_at
         LIMIT most
    ),
    chosen AS (
        SELECT leased.id, first.turn, first.since
          FROM (SELECT * FROM waiting UNION ALL SELECT * FROM expired ORDER BY turn, since LIMIT most) AS first
          JOIN {table} AS leased
            ON leased.id = first.id
           AND leased.wake_at = first.wake_at
           AND leased.claim_token IS NOT DISTINCT FROM first.claim_token
           FOR UPDATE OF leased SKIP LOCKED
    ),
    claimed AS (
        UPDATE {table} AS leased
           SET claim_token = gen_random_uuid(),
               wake_at = now() + make_interval(secs => lease),
               claims = leased.claims + 1,
               lapses = leased.lapses + CASE WHEN leased.step_began_at IS NULL THEN 0 ELSE 1 END,
               step_began_at = NULL
          FROM chosen
         WHERE leased.id = chosen.id
     RETURNING leased.tenant_id, leased.id, leased.claim_token, chosen.turn, chosen.since
    )
    SELECT claimed.tenant_id, claimed.id, claimed.claim_token FROM claimed ORDER BY claimed.turn, claimed.since;
END
"""
# So many of the rows that are longest due are looked at, before all units are.
REACH = 128
NOBODY = UUID(int=0)

# What of a unit may be claimed, the longest due first. It is named as a range of (unit, alarm), which only the index of
# its line serves. Named by two conditions it was also looked for among all that is due, once for each unit: with 3,000
# due, 10 seconds.
LINE = """
                SELECT leased.id, leased.wake_at, leased.claim_token
                  FROM {table} AS leased
                 WHERE (leased.business_unit_id, leased.wake_at) >= (unit.id, '-infinity'::timestamptz)
                   AND (leased.business_unit_id, leased.wake_at)
                       <= (unit.id, now() + make_interval(secs => ahead))
                   AND leased.wake_at IS NOT NULL{claimable}
                 ORDER BY leased.business_unit_id, leased.wake_at"""
CLAIMABLE = """
                   AND (leased.claim_token IS NULL OR leased.wake_at <= now())
                   AND (leased.expires_at IS NULL OR leased.expires_at > now())"""
# Of each unit the first of its line: from one unit to the next, by the same index.
FAR = """
            WITH RECURSIVE head AS (
                ({next})
                 UNION ALL
                SELECT following.* FROM head CROSS JOIN LATERAL ({following}) AS following)
            SELECT head.* FROM head WHERE head.wake_at <= now() + make_interval(secs => ahead)"""
NEXT = """
                SELECT leased.business_unit_id AS id, leased.wake_at
                  FROM {table} AS leased
                 WHERE (leased.business_unit_id, leased.wake_at) > ({unit}, 'infinity'::timestamptz)
                   AND leased.wake_at IS NOT NULL{claimable}
                 ORDER BY leased.business_unit_id, leased.wake_at
                 LIMIT 1"""
# Of a unit's tenant: how many rows it has a turn, and how much earlier they count as due.
PAID = """(
                       SELECT CASE WHEN tenant.plan = 'enterprise' THEN enterprise_share ELSE 1 END AS share,
                              CASE WHEN tenant.plan = 'enterprise' THEN make_interval(secs => enterprise_start)
                                   ELSE interval '0' END AS start
                         FROM tenants_tenant AS tenant
                        WHERE tenant.id = unit.tenant_id)"""

# How many rows of a unit are claimed now. The unit is named by the expression of which there is an index of what is
# claimed, and the alarm by what no index serves. By other indexes they were looked for among the rows of all units: the
# planner, who knows the alarms of some minutes ago, takes those to come for few.
FLYING = """(SELECT count(*)
                  FROM {table} AS flying
                 WHERE CASE WHEN flying.claim_token IS NOT NULL THEN flying.business_unit_id END = {unit}
                   AND flying.claim_token IS NOT NULL
                   AND (flying.wake_at > now()) IS TRUE{unless_left})"""
MAY_FLY = "CASE WHEN unit.paused_until IS NULL THEN most_of_unit ELSE 1 END"
UNLESS_LEFT = f"""
                   AND (flying.step_began_at IS NULL OR flying.held_by <> '{GONE}')"""


def claim_in_turn(table: str, *, counts_left: bool) -> str:
    """The body of `<table>_claim_due` (leases/paced_operations.py)."""
    next_of = partial(NEXT.format, table=table, claimable=CLAIMABLE)
    return CLAIM_IN_TURN.format(
        table=table,
        flying=flying(table, counts_left=counts_left),
        may_fly=MAY_FLY,
        paid=PAID,
        reach=REACH,
        claimable=CLAIMABLE,
        line=LINE.format(table=table, claimable=CLAIMABLE),
        far=FAR.format(next=next_of(unit=f"'{NOBODY}'::uuid"), following=next_of(unit="head.id")),
    )


def flying(table: str, *, unit: str = "unit.id", counts_left: bool = False) -> str:
    return FLYING.format(table=table, unit=unit, unless_left="" if counts_left else UNLESS_LEFT)
