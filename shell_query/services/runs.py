"""Submitting, finding and listing runs."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from events.services import event, idempotent
from events.tickets import issue_ticket
from leases.ringing import ring_new
from leases.services import FIRST_RING
from qspro.logging import known_request_id
from qspro.statements import send
from qspro.tracing import tell, trace_parent
from shell_query.engine.moves import tell_move
from shell_query.errors import RunNotFound, TooManyRuns
from shell_query.models import Flow, Run, RunQuerySet
from shell_query.services.inserting import new_run
from shell_query.services.reuse import find_reusable
from shell_query.services.targets import NewTarget, claim_target
from shell_query.services.understand import understand
from shell_query.states import ACTIVE, Status
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.encryption import seal
from tenants.errors import UserDeactivated
from tenants.models import Action
from tenants.services import keyed_hash
from tenants.services.audit import Actor, entry

# When somebody over the limit should come back: a run takes minutes.
RETRY_AFTER = 30.0
# Sent with every run, so it is not built anew each time.
CLAIM_SLOT = """
    SELECT is_active FROM tenants_user WHERE id = %s FOR UPDATE;
    SELECT count(*) FROM shell_query_run WHERE user_id = %s AND status IN (%s, %s)
"""


@dataclass(frozen=True)
class NewRun:
    """What a client asks for."""

    sql_text: str
    snippet_name: str = ""
    target: NewTarget | None = None
    reuse_max_age: timedelta | None = None  # of rows that may be had from an earlier run instead

    @property
    def fingerprint(self) -> str:
        """Tells one request from another under the same Idempotency-Key."""
        asked = [self.sql_text, self.snippet_name]
        if self.target:
            asked += [self.target.customer_key, self.target.update_type]
        if self.reuse_max_age:
            asked += ["reuse", str(self.reuse_max_age)]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def submit_run(
    *,
    caller: Caller,
    new: NewRun,
    idempotency_key: str | None,
    answer: Callable[[UUID, Run | None], dict[str, Any]],
) -> tuple[dict[str, Any], bool]:
    """Queues the run and gives `answer(run_id, None)`, and whether it is the stored answer to an earlier request.

    Where an earlier run may be reused and can be, nothing is queued: `answer(its id, that run)`.

    Raises InvalidSql, TooManyRuns, TargetBusy, and for a key IdempotencyInFlight, IdempotencyMismatch.
    """
    statement = understand(new.sql_text)
    text_hash = keyed_hash(tenant_id=caller.tenant_id, text=statement.normalized)

    reused = None
    if new.reuse_max_age and not new.target:
        reused = find_reusable(caller=caller, text_hash=text_hash, max_age=new.reuse_max_age)

    def perform() -> dict[str, Any]:
        run = reused or insert(caller=caller, new=new, text_hash=text_hash)
        return answer(run.id, reused)

    if idempotency_key is None:
        with tenant_scope(caller.tenant_id):
            return perform(), False
    return idempotent(
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        key=idempotency_key,
        # A run of another business unit is another request: its caller there would not even find this one.
        request_hash=keyed_hash(tenant_id=caller.tenant_id, text=f"{caller.business_unit_id}/{new.fingerprint}"),
        perform=perform,
    )


def insert(*, caller: Caller, new: NewRun, text_hash: str) -> Run:
    """The row and its first event, within the running scope; the ring follows on commit."""
    claim_slot(caller)
    if new.target:
        claim_target(caller, new.target)
    run, insertion = new_run(
        id=uuid4(),
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        business_unit_id=caller.business_unit_id,
        flow=Flow.TARGET if new.target else Flow.TEMP,
        target_key=new.target.customer_key if new.target else "",
        target_update_type=new.target.update_type if new.target else "",
        snippet_name=new.snippet_name,
        request_id=known_request_id(),
        trace_parent=trace_parent(),
        sealed_sql=seal(new.sql_text),
        sql_text_hash=text_hash,
        sequence=1,
        wake_at=FIRST_RING.total_seconds(),
        expires_at=settings.RUN_START_TIMEOUT_SECONDS,
    )
    queued = event(
        tenant_id=run.tenant_id, subject_id=run.id, sequence=1, name="status", data={"status": str(Status.QUEUED)}
    )
    audited = entry(Action.RUN_SUBMITTED, tenant_id=run.tenant_id, actor=Actor.caller(caller), subject=run.id)
    send(insertion, queued, audited)
    tell({"qspro.run_id": str(run.id)})
    tell_move(run, status=Status.QUEUED, seconds=0)
    # Robust: with the broker down the row is there all the same, and the tick rings for it.
    transaction.on_commit(lambda: ring_new(Run, tenant_id=run.tenant_id, row_id=run.id), robust=True)
    return run


def claim_slot(caller: Caller) -> None:
    """One of the user's active runs. Lock first, count in the next statement: one alone counts as of before it waited.

    Both are sent at once, but the second one sees what has committed when it begins, which is once there is the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SLOT, [caller.user_id, caller.user_id, *sorted(ACTIVE)])
        if cursor.fetchone() != (True,):
            raise UserDeactivated  # a moment ago; their runs were canceled, and this one would have been missed
        cursor.nextset()
        (active,) = cursor.fetchone()
    if active >= settings.RUN_LIMIT_PER_USER:
        raise TooManyRuns(
            f"{settings.RUN_LIMIT_PER_USER} of your runs are active; wait for one to end or cancel one.",
            retry_after=RETRY_AFTER,
        )


def find_run(*, caller: Caller, run_id: UUID) -> Run:
    """The caller's own run, or a colleague's for who oversees. Raises RunNotFound."""
    with tenant_scope(caller.tenant_id):
        try:
            return Run.objects.visible_to(caller).get(id=run_id)
        except Run.DoesNotExist:
            raise RunNotFound from None


def open_stream(*, caller: Caller, run_id: UUID) -> str:
    """A ticket for one stream of the caller's own run. Raises RunNotFound, TicketsUnavailable."""
    with tenant_scope(caller.tenant_id):
        if not Run.objects.for_caller(caller).filter(id=run_id).exists():
            raise RunNotFound
    return issue_ticket(caller, run_id)


def list_runs(*, caller: Caller) -> RunQuerySet:
    """The caller's own runs, to be filtered and paged within the running scope."""
    return Run.objects.for_caller(caller)
