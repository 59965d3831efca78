"""From a message to a claim. A message may come twice, late, for nobody, or from another release."""

from uuid import UUID, uuid4

from django.db.models import F
from django.db.models.functions import Now

from leases.claims import Claim
from leases.models import Leased, begun, held
from leases.services import claim_new, lease
from qspro.metrics import taken
from tenants.celery import NotUnderstood
from tenants.context import tenant_scope


def answer(model: type[Leased], *, tenant_id: str, row_id: str, claim_token: str | None) -> Claim | None:
    """The claim that the message speaks of, for this worker alone; without a token the row is claimed first.

    None if there is nothing to do. Raises NotUnderstood for ids that are none.
    """
    tenant, row = read(tenant_id), read(row_id)
    if claim_token is None:
        return claim_new(model, tenant_id=tenant, row_id=row)
    return take(model, Claim(tenant, row, read(claim_token)))


def read(given: object) -> UUID:
    try:
        return UUID(str(given))
    except ValueError as error:
        raise NotUnderstood from error


def take(model: type[Leased], claim: Claim) -> Claim | None:
    """The claim under a new token, with its next step begun, so that its lease runs from now; None if it is lost.

    The token in a message opens once: two workers with one message would else both pass every fence, and do each
    step of the row twice.
    """
    mine = Claim(claim.tenant_id, claim.row_id, uuid4())
    with tenant_scope(claim.tenant_id):
        rows = model._default_manager.filter(held(claim))
        claimed_for = rows.annotate(age=Now() - F("wake_at") + lease()).values_list("age", flat=True).first()
        if not rows.update(claim_token=mine.token, **begun()):
            return None
    if claimed_for is not None:
        taken(seconds=claimed_for.total_seconds())
    return mine
