"""Migration operations for the table of a Paced model: claims in turns, and what is left by a worker that has died."""

from leases.turns import MAY_FLY, claim_in_turn, flying
from leases.workers import GONE
from tenants.rls import DefinerFunction

# Lock first, then count, as in leases/turns.py: the unit of the longest due row that has room for one is locked, and
# then what is first in the line of that unit is claimed. Only so many due rows are looked at: behind as many that wait
# for room in their units the tick finds those that need not.
CLAIM_NEXT = """
#variable_conflict use_column
DECLARE
    mine uuid;
    may_fly integer;
BEGIN
    SELECT unit.id, {may_fly} INTO mine, may_fly
      FROM (SELECT leased.business_unit_id, leased.wake_at
              FROM {table} AS leased
             WHERE leased.wake_at <= now() + make_interval(secs => ahead)
               AND (leased.claim_token IS NULL OR leased.wake_at <= now())
               AND (leased.expires_at IS NULL OR leased.expires_at > now())
             ORDER BY leased.wake_at
             LIMIT {reach}) AS due
      JOIN tenants_businessunit AS unit ON unit.id = due.business_unit_id
     WHERE (unit.paused_until IS NULL OR unit.paused_until <= now())
       AND {flying_of_unit} < {may_fly}
     ORDER BY due.wake_at
     LIMIT 1
       FOR NO KEY UPDATE OF unit SKIP LOCKED;
    IF mine IS NULL THEN
        RETURN;
    END IF;

    RETURN QUERY
    UPDATE {table} AS leased
       SET claim_token = gen_random_uuid(),
           wake_at = now() + make_interval(secs => lease),
           claims = leased.claims + 1,
           lapses = leased.lapses + CASE WHEN leased.step_began_at IS NULL THEN 0 ELSE 1 END,
           step_began_at = now(),
           held_by = worker
     WHERE leased.id = (
           SELECT first.id
             FROM {table} AS first
            WHERE (first.business_unit_id, first.wake_at) >= (mine, '-infinity'::timestamptz)
              AND (first.business_unit_id, first.wake_at) <= (mine, now() + make_interval(secs => ahead))
              AND first.wake_at IS NOT NULL
              AND (first.claim_token IS NULL OR first.wake_at <= now())
              AND (first.expires_at IS NULL OR first.expires_at > now())
              AND {flying_of_mine} < may_fly
            ORDER BY first.business_unit_id, first.wake_at
            LIMIT 1
              FOR UPDATE OF first SKIP LOCKED)
 RETURNING leased.tenant_id, leased.id, leased.claim_token;
END
"""
REACH = 64

# Lock first, then count, here too. What has been passed over by a tick, for want of room, goes first. The tenant is
# compared by what no index serves: the row is to be found by its id, whatever the planner thinks of tenants.
CLAIM_NEW = """
#variable_conflict use_column
DECLARE
    mine uuid;
BEGIN
    SELECT unit.id INTO mine
      FROM {table} AS leased
      JOIN tenants_businessunit AS unit ON unit.id = leased.business_unit_id
     WHERE leased.id = wanted
       AND (leased.tenant_id = tenant) IS TRUE
       AND unit.paused_until IS NULL
       FOR NO KEY UPDATE OF unit;
    IF mine IS NULL THEN
        RETURN;
    END IF;

    PERFORM FROM {table} AS waiting
      WHERE (waiting.business_unit_id, waiting.wake_at) >= (mine, '-infinity'::timestamptz)
        AND (waiting.business_unit_id, waiting.wake_at) <= (mine, now() - make_interval(secs => passed_over))
        AND waiting.wake_at IS NOT NULL
        AND waiting.id <> wanted
      ORDER BY waiting.business_unit_id, waiting.wake_at
      LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;

    RETURN QUERY
    UPDATE {table} AS leased
       SET claim_token = gen_random_uuid(),
           wake_at = clock_timestamp() + make_interval(secs => lease),
           claims = 1,
           step_began_at = clock_timestamp(),
           held_by = worker
     WHERE leased.id = wanted
       AND leased.claim_token IS NULL
       AND leased.claims = 0
       AND leased.wake_at IS NOT NULL
       AND {flying_of_mine} < most_of_unit
 RETURNING leased.tenant_id, leased.id, leased.claim_token;
END
"""


PACED_ARGUMENTS = (
    "most integer, lease double precision, ahead double precision, most_of_unit integer, "
    "enterprise_share integer, enterprise_start double precision, beside uuid"
)

# A connection keeps its plan: one made while the table was small would later read all of it, or an index from end to
# end for a join; one made while most rows were over would read all of a unit, to sort them. What no index has in its
# order is sorted all the same. To plan each time, or to compile a plan, takes longer than to carry it out.
BY_INDEX = (
    *("enable_seqscan = off", "enable_bitmapscan = off", "enable_mergejoin = off", "enable_hashjoin = off"),
    *("enable_sort = off", "jit = off", "plan_cache_mode = force_generic_plan"),
)

LEAVE = """
    WITH left_alone AS (
        UPDATE {table} AS leased
           SET held_by = '{gone}'
         WHERE leased.claim_token IS NOT NULL
           AND leased.step_began_at IS NOT NULL
           AND leased.held_by = worker
     RETURNING leased.id)
    SELECT count(*) FROM left_alone
"""


def claim_paced_function(table: str, *, counts_left: bool = False) -> DefinerFunction:
    """`<table>_claim_due(...)` for the table of a Paced model: claims what is due, of every tenant, in the order of
    their turns. Durations are in seconds.

    Of a business unit at most `most_of_unit` rows are claimed at any time, not counting steps whose worker is known to
    have died (all count with `counts_left`, as before rows had `held_by`); none while it is paused, and one at a time
    after that until the account has answered well. Each unit has a row before any has a second one, except that an
    enterprise's have `enterprise_share` a turn; within a turn the longest due goes first, and an enterprise's counts as
    due `enterprise_start` earlier. So enterprises go first, and who has waited longer than that goes before them.

    With `beside`, only rows of that row's unit. Two ticks at once claim different rows. `ahead` lets a row be claimed a
    little early; a lease that still runs is never cut short.
    """
    return DefinerFunction(
        f"{table}_claim_due({PACED_ARGUMENTS})",
        returns="TABLE (tenant_id uuid, id uuid, claim_token uuid)",
        body=claim_in_turn(table, counts_left=counts_left),
        policies={table: "SELECT, UPDATE", "tenants_businessunit": "SELECT, UPDATE", "tenants_tenant": "SELECT"},
        language="plpgsql",
        settings=BY_INDEX,
    )


def claim_next_function(table: str) -> DefinerFunction:
    """`<table>_claim_next(worker, lease, ahead, most_of_unit)` for the table of a Paced model: claims one row for this
    worker, and begins its next step. Durations are in seconds.

    It is the longest due of any tenant whose business unit has room. What has expired is left to `<table>_claim_due`.
    """
    return DefinerFunction(
        f"{table}_claim_next(worker text, lease double precision, ahead double precision, most_of_unit integer)",
        returns="TABLE (tenant_id uuid, id uuid, claim_token uuid)",
        body=CLAIM_NEXT.format(
            table=table,
            reach=REACH,
            may_fly=MAY_FLY,
            flying_of_unit=flying(table),
            flying_of_mine=flying(table, unit="mine"),
        ),
        policies={table: "SELECT, UPDATE", "tenants_businessunit": "SELECT, UPDATE"},
        language="plpgsql",
        settings=BY_INDEX,
    )


def claim_new_function(table: str) -> DefinerFunction:
    """`<table>_claim_new(tenant, wanted, worker, lease, most_of_unit, passed_over)` for the table of a Paced model:
    claims a row that nobody has claimed yet, for this worker, and begins its first step. Durations are in seconds.

    Nothing if its business unit is paused or has no room, or if another row of it has been due for `passed_over`.
    """
    return DefinerFunction(
        f"{table}_claim_new(tenant uuid, wanted uuid, worker text, lease double precision, most_of_unit integer, "
        "passed_over double precision)",
        returns="TABLE (tenant_id uuid, id uuid, claim_token uuid)",
        body=CLAIM_NEW.format(table=table, flying_of_mine=flying(table, unit="mine")),
        policies={table: "SELECT, UPDATE", "tenants_businessunit": "SELECT, UPDATE"},
        language="plpgsql",
        settings=BY_INDEX,
    )


def leave_function(table: str) -> DefinerFunction:
    """`<table>_leave(worker)`: says of the steps that this worker began that it is gone; gives their number."""
    return DefinerFunction(
        f"{table}_leave(worker text)",
        returns="bigint",
        body=LEAVE.format(table=table, gone=GONE),
        policies={table: "SELECT, UPDATE"},
    )
