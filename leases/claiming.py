"""Claiming one row, to begin its next step at once. It is read in the same round trip, in the scope of its tenant."""

import time
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from leases import workers
from leases.claims import Claim
from leases.models import Leased, Paced
from leases.pace import PASSED_OVER_SECONDS
from leases.services import claims_of
from qspro.metrics import taken
from qspro.statements import Statement
from tenants.compiled import Compiled
from tenants.context import FOUND, ask_of_found


def claim_next(model: type[Paced]) -> Claim | None:
    """Claims the longest due row, of any tenant, whose business unit has room."""
    values = [workers.name(), settings.LEASE_SECONDS, 0.0, settings.MCE_CALLS_PER_UNIT]
    claim, _ = claimed(model, "claim_next", values)
    return claim


def claim_new(model: type[Paced], *, tenant_id: UUID, row_id: UUID) -> Claim | None:
    """Claims a row that nobody has claimed yet; None if somebody has, or if its turn has not come: the tick knows when.

    For the ring that follows a submission.
    """
    pace = [settings.MCE_CALLS_PER_UNIT, PASSED_OVER_SECONDS]
    values = [tenant_id, row_id, workers.name(), settings.LEASE_SECONDS, *pace]
    claim, _ = claimed(model, "claim_new", values)
    return claim


def take(model: type[Leased], claim: Claim) -> Claim | None:
    """The claim under a new token; None if it is lost.

    The token in a message opens once: two workers with one message would else both pass every fence, and do each
    step of the row twice.
    """
    values = [claim.tenant_id, claim.row_id, claim.token, workers.name(), settings.LEASE_SECONDS]
    mine, more = claimed(model, "take", values)
    if mine is not None:
        taken(seconds=more[0])
    return mine


def claimed(model: type[Leased], function: str, values: Sequence[Any]) -> tuple[Claim | None, Sequence[Any]]:
    """What a function of the table claims, and what else it tells."""
    plan, asked = claimed_row(model).plan, time.monotonic()
    found, rows = ask_of_found(claims_of(model, function, values), Statement(plan.sql, tuple(plan.values)))
    if found is None:
        return None, ()
    tenant_id, row_id, token, *more = found
    return Claim(tenant_id, row_id, token, row=plan.read(rows)[0], asked=asked), more


@cache
def claimed_row(model: type[Leased]) -> Compiled[Leased]:
    return Compiled(lambda: model._default_manager.filter(id=FOUND).annotate(now=Now()).order_by(), count=0)
