"""Claiming what is due, beginning a step, and giving back.

PostgreSQL is the queue of record. A message is a doorbell: it may be lost, late or doubled, and each is harmless.
The database's clock is the only clock.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from leases.claims import Claim
from leases.models import Leased, Paced, begun, held
from leases.pace import ENTERPRISE_SHARE, ENTERPRISE_START_SECONDS
from leases.registry import kinds
from qspro.statements import Statement
from tenants.context import tenant_scope

logger = logging.getLogger(__name__)

# Claimed this early, a row's message has arrived when its alarm goes off: half of a tick on average.
AHEAD = timedelta(seconds=0.5)
# Paced rows that are so late have been found by no worker that waits for them (leases/going_on.py).
LATE = timedelta(seconds=0.25)
# A row that was just submitted waits this long for its own ring before the tick takes it.
FIRST_RING = timedelta(seconds=2)


def lease() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


def claim_due(model: type[Leased], *, most: int, ahead: timedelta = timedelta()) -> list[Claim]:
    """Claims up to `most` rows that are due `ahead` of now, of every tenant, and gives them in the order in which their
    turn has come.
    """
    values: list[Any] = [most, settings.LEASE_SECONDS, ahead.total_seconds()]
    if issubclass(model, Paced):
        # The last: rows of any business unit. Workers of an earlier release name one.
        values += [settings.MCE_CALLS_PER_UNIT, ENTERPRISE_SHARE, ENTERPRISE_START_SECONDS, None]
    return claimed_by(model, "claim_due", values)


def claimed_by(model: type[Leased], function: str, values: Sequence[Any]) -> list[Claim]:
    """What a function of the table claims (leases/operations.py, leases/paced_operations.py)."""
    claimed = claims_of(model, function, values)
    with connection.cursor() as cursor:
        cursor.execute(claimed.sql, claimed.values)
        return [Claim(*row) for row in cursor.fetchall()]


def claims_of(model: type[Leased], function: str, values: Sequence[Any]) -> Statement:
    marks = ", ".join(["%s"] * len(values))
    return Statement(f"SELECT * FROM {model._meta.db_table}_{function}({marks})", tuple(values))  # noqa: S608


def begin(model: type[Leased], claim: Claim) -> bool:
    """A worker starts on a step: the lease runs from now. False if the claim is lost."""
    with tenant_scope(claim.tenant_id):
        return bool(model._default_manager.filter(held(claim)).update(**begun()))


def leave_steps_of(worker: str) -> int:
    """Says that nobody is at the steps which `worker` began: it has died. Returns how many, of all tenants.

    Their leases run to the end, for what the worker has sent may still be on the wire. But they take no place in their
    business units, so that the other rows there go on at once.
    """
    left = 0
    for kind in kinds():
        if issubclass(kind.model, Paced):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {kind.model._meta.db_table}_leave(%s)", [worker])
                left += cursor.fetchone()[0]
    if left:
        logger.warning("%s died in the middle of %d steps.", worker, left)
    return left


def give_back(model: type[Leased], claim: Claim) -> None:
    """Undoes a claim that nobody was told of, so that the next tick finds the row at once."""
    with tenant_scope(claim.tenant_id):
        model._default_manager.filter(held(claim)).update(claim_token=None, wake_at=Now(), claims=F("claims") - 1)
