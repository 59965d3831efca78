"""From a message to a claim. A message may come twice, late, for nobody, or from another release."""

from uuid import UUID

from leases.claiming import claim_new, take
from leases.claims import Claim
from leases.models import Leased, Paced
from tenants.celery import NotUnderstood


def answer(model: type[Leased], *, tenant_id: str, row_id: str, claim_token: str | None) -> Claim | None:
    """The claim that the message speaks of, for this worker alone; without a token the row is claimed first.

    None if there is nothing to do. Raises NotUnderstood for ids that are none.
    """
    tenant, row = read(tenant_id), read(row_id)
    if claim_token is not None:
        return take(model, Claim(tenant, row, read(claim_token)))
    if not issubclass(model, Paced):
        raise NotUnderstood
    return claim_new(model, tenant_id=tenant, row_id=row)


def read(given: object) -> UUID:
    try:
        return UUID(str(given))
    except ValueError as error:
        raise NotUnderstood from error
