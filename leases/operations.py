"""The migration operation for a leased table."""

from tenants.rls import DefinerFunction

CLAIM_DUE = """
    UPDATE {table} AS leased
       SET claim_token = gen_random_uuid(),
           wake_at = now() + make_interval(secs => lease),
           claims = leased.claims + 1,
           lapses = leased.lapses + CASE WHEN leased.step_began_at IS NULL THEN 0 ELSE 1 END,
           step_began_at = NULL
      FROM (SELECT id
              FROM {table}
             WHERE wake_at <= now() + make_interval(secs => ahead)
               AND (claim_token IS NULL OR wake_at <= now())
             ORDER BY wake_at
             LIMIT most
               FOR UPDATE SKIP LOCKED) AS due
     WHERE leased.id = due.id
 RETURNING leased.tenant_id, leased.id, leased.claim_token
"""


def claim_due_function(table: str) -> DefinerFunction:
    """`<table>_claim_due(most, lease, ahead)`: claims the rows that are due, of every tenant, and gives their ids.
    `lease` and `ahead` are in seconds.

    Two ticks at once claim different rows. `ahead` lets a row be claimed a little early, so that its message is on its
    way when the alarm goes off; a lease that still runs is never cut short.
    """
    return DefinerFunction(
        f"{table}_claim_due(most integer, lease double precision, ahead double precision)",
        returns="TABLE (tenant_id uuid, id uuid, claim_token uuid)",
        body=CLAIM_DUE.format(table=table),
        policies={table: "SELECT, UPDATE"},
    )
