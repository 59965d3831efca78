"""Who asks of a past, and what of it they ask about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import md5
from uuid import UUID, uuid4

from django.db.models.functions import Now
from django.test import Client

from leases.claims import Claim
from leases.services import lease
from shell_query.models import Run
from tenants.administration import OPERATOR
from tenants.callers import ALL_SCOPES, Caller
from tenants.context import tenant_scope
from tenants.models import Staff

LARGE = 3
WATCHED = 1000


@dataclass(frozen=True)
class Scene:
    """Somebody with the latest run of theirs that is over, runs of their tenant, a claim on anybody's run in flight,
    and a member of staff at the admin."""

    caller: Caller
    run_id: UUID
    past_ids: Sequence[UUID]
    flying: Claim
    staff: Client


def scene(*, person: int, tenant: int) -> Scene:
    """Of the first tenants, which are large, or of one of the many small ones. Person 0 of tenant 1 is the busiest."""
    units = 10 if tenant <= LARGE else 2
    caller = Caller(
        tenant_id=id_of(f"tenant {tenant}"),
        user_id=id_of(f"person {person} of {tenant}"),
        business_unit_id=id_of(f"unit {person % units} of {tenant}"),
        mid=9000000 + tenant * 10 + person % units,
        role="owner",
        scopes=ALL_SCOPES,
    )
    with tenant_scope(caller.tenant_id):
        ids = list(Run.objects.for_caller(caller).filter(finished_at__isnull=False).values_list("id")[:WATCHED])
    past_ids = [run_id for (run_id,) in ids]
    return Scene(caller, past_ids[0], past_ids, claimed(), staff())


def id_of(name: str) -> UUID:
    """As the filling makes it."""
    return UUID(md5(name.encode(), usedforsecurity=False).hexdigest())


def claimed() -> Claim:
    """Some run in flight that nobody has, as if a worker had just been rung for it."""
    free = Run.objects.using(OPERATOR).active().filter(claim_token=None)
    run = free.only("id", "tenant_id")[:1].get()
    claim = Claim(run.tenant_id, run.id, uuid4())
    with tenant_scope(claim.tenant_id):
        Run.objects.filter(id=claim.row_id).update(claim_token=claim.token, wake_at=Now() + lease())
    return claim


def staff() -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Staff.objects.get_or_create(username="sam", defaults={"name": "Sam", "role": "staff"})[0])
    return client


def set_alarms(execute: Callable[[str], object], *, due: bool) -> None:
    """Of all runs in flight: in the last minute, or tomorrow. As a role that may write every tenant's rows.

    Those that are so already are not written again: what they leave behind would be in the way as nothing else is.
    """
    moment = "now() - random() * interval '1 minute'" if due else "now() + interval '1 day'"
    other = "wake_at > now()" if due else "wake_at <= now() + interval '1 hour'"
    execute(f"UPDATE shell_query_run SET wake_at = {moment} WHERE {other}")
