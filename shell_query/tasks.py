"""The worker's side: one step of one run."""

from uuid import UUID

from celery import shared_task

from leases.claims import Claim
from leases.services import claim_new
from shell_query.engine.advance import advance
from shell_query.models import Run
from tenants.celery import TenantTask


@shared_task(name="shell_query.advance_run", base=TenantTask, soft_time_limit=60, time_limit=75)
def advance_run(*, tenant_id: str, row_id: str, claim_token: str | None) -> None:
    """Takes the claimed run further. Without a token, right after its submission, it is claimed first."""
    tenant, run = UUID(tenant_id), UUID(row_id)
    claim = Claim(tenant, run, UUID(claim_token)) if claim_token else claim_new(Run, tenant_id=tenant, row_id=run)
    if claim is not None:
        advance(claim)
