"""The only place that writes a run. Every write is one UPDATE, guarded by the claim or by the states it may leave,
and a change of status or stage appends its event in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from events.services import append
from leases.claims import Claim
from leases.models import begun, held
from shell_query.engine.moves import count_end, tell_move
from shell_query.engine.outcomes import Ended
from shell_query.models import Run
from shell_query.states import ACTIVE, FINAL, Stage, Status, sources
from tenants.context import tenant_scope
from tenants.encryption import seal

# What an event and the metrics tell of a run.
TOLD = ("tenant_id", "sequence", "error_code", "error_message", "created_at")


class ClaimLost(Exception):
    """Somebody else has the run now, or it was canceled: this worker writes nothing more."""


def in_seconds(seconds: float) -> Any:
    return Now() + timedelta(seconds=seconds)


def load(claim: Claim) -> Run | None:
    """The run with the database's `now`, if the claim still holds it. Within the running scope."""
    return Run.objects.with_now().filter(held(claim)).first()


def begin(claim: Claim, *, stage: Stage | None) -> None:
    """A step begins: the lease runs from now. With `stage`, so does that stage. Within the running scope.

    Raises ClaimLost.
    """
    write(claim, begun(), stage)


def note(claim: Claim, changes: Mapping[str, Any]) -> None:
    """Writes in the middle of a step. Raises ClaimLost."""
    with tenant_scope(claim.tenant_id):
        write(claim, changes, None)


def go_on(claim: Claim, *, changes: Mapping[str, Any], seconds: float | None, stage: Stage | None = None) -> None:
    """A step is over. The claim is given back with the alarm in `seconds`; 0 keeps it, None sets no alarm.

    With `stage`, that stage begins. Raises ClaimLost.
    """
    fields: dict[str, Any] = {**changes, "step_began_at": None, "lapses": 0}
    if seconds is None or seconds > 0:
        fields["claim_token"] = None
        fields["wake_at"] = in_seconds(seconds) if seconds else None
    with tenant_scope(claim.tenant_id):
        write(claim, fields, stage)


def set_apart(claim: Claim, *, trouble: str, seconds: float) -> None:
    """The claim is given back before a step, and the lapses stay counted. Raises ClaimLost."""
    fields = {"last_trouble": trouble, "claim_token": None, "wake_at": in_seconds(seconds)}
    with tenant_scope(claim.tenant_id):
        write(claim, fields, None)


def write(claim: Claim, fields: Mapping[str, Any], stage: Stage | None) -> None:
    """Within the running scope; a new stage is a move. Raises ClaimLost."""
    if stage is None:
        written = bool(Run.objects.filter(held(claim)).update(**fields))
    else:
        first = Case(When(running_at__isnull=True, then=Now()), default=F("running_at"))
        guard = held(claim) & Q(status__in=ACTIVE)
        changes = {**fields, "running_at": first}
        written = move(guard, claim=claim, status=Status.RUNNING, stage=stage, changes=changes)
    if not written:
        raise ClaimLost


def end(claim: Claim, ended: Ended) -> None:
    """A run is over; whoever holds it goes on with its cleanup. Raises ClaimLost."""
    with tenant_scope(claim.tenant_id):
        moved = move(
            held(claim) & Q(status__in=sources(ended.status)),
            claim=claim,
            status=ended.status,
            changes={
                **ended.changes,
                **erased(),
                "error_code": ended.error_code,
                "error_message": ended.error_message,
                "sealed_mce_message": seal(ended.mce_message) if ended.mce_message else None,
                "step_began_at": None,
                "lapses": 0,
                "attempts": 0,
            },
        )
        if not moved:
            raise ClaimLost


def cancel(*, tenant_id: UUID, run_id: UUID) -> bool:
    """Ends a run as its owner wishes. Within the running scope."""
    return end_now(Ended(Status.CANCELED), tenant_id=tenant_id, run_id=run_id)


def end_now(ended: Ended, *, tenant_id: UUID, run_id: UUID) -> bool:
    """Ends a run whatever is being done with it: the claim gets a token that nobody holds, so a call on the wire writes
    nothing any more, and still counts as one of its business unit's.

    Its cleanup begins when the lease in force has ended, so after any such call. Within the running scope.
    """
    free = Q(claim_token__isnull=True)
    return move(
        Q(id=run_id, status__in=sources(ended.status)),
        claim=Claim(tenant_id, run_id, run_id),
        status=ended.status,
        changes={
            **ended.changes,
            **erased(),
            "error_code": ended.error_code,
            "error_message": ended.error_message,
            "claim_token": Case(When(free, then=None), default=Value(uuid4())),
            "step_began_at": None,
            "lapses": 0,
            "attempts": 0,
            # Nothing was begun for a run that nobody ever claimed, so there is nothing to clean up.
            "assets_cleaned_at": Case(When(claims=0, then=Now()), default=None),
            "wake_at": Case(When(claims=0, then=None), When(free, then=Now()), default=F("wake_at")),
        },
    )


def wake(*, tenant_id: UUID, run_id: UUID) -> bool:
    """A run that waits for its next step is due now; False while a worker has it, or where it has ended."""
    with tenant_scope(tenant_id):
        waiting = Run.objects.filter(id=run_id, status__in=ACTIVE, claim_token__isnull=True, wake_at__gt=Now())
        return bool(waiting.update(wake_at=Now()))


def clean_up(*, tenant_id: UUID, run_id: UUID) -> bool:
    """The cleanup of a run that has ended is due now, also where it was given up. False while a worker, or the lease
    that was in force when the run was canceled, has it; and where nothing is left to clean up."""
    free = Q(claim_token__isnull=True) | Q(wake_at__lte=Now())
    with tenant_scope(tenant_id):
        left = Run.objects.filter(free, id=run_id, status__in=FINAL, assets_cleaned_at__isnull=True)
        return bool(left.update(wake_at=Now(), claim_token=None, abandoned=False, attempts=0, lapses=0))


def removed(*, tenant_id: UUID, run_id: UUID, field: str) -> None:
    """The sweeper has removed what a run that has ended left in MCE; `field` says what."""
    with tenant_scope(tenant_id):
        Run.objects.filter(id=run_id, status__in=FINAL, **{f"{field}__isnull": True}).update(**{field: Now()})


def settle(*, tenant_id: UUID, run_id: UUID, fields: Sequence[str]) -> None:
    """An abandoned run has left nothing in MCE: the sweeper has seen all that is there. `fields` get the time."""
    with tenant_scope(tenant_id):
        Run.objects.filter(id=run_id, abandoned=True, assets_cleaned_at__isnull=True).update(
            **dict.fromkeys(fields, Now())
        )


def erased() -> dict[str, Any]:
    """What a run has no more once it has ended."""
    return {"stage": "", "sealed_sql": None, "expires_at": None, "finished_at": Now()}


def move(guard: Q, *, claim: Claim, status: Status, changes: Mapping[str, Any], stage: Stage | None = None) -> bool:
    """The one function that writes `status`: a guarded UPDATE, and its event. Within the running scope."""
    fields = {"stage": stage or "", **changes}
    moved = Run.objects.filter(guard).update(status=status, sequence=F("sequence") + Value(1), **fields)
    if not moved:
        return False
    run = Run.objects.with_now().only(*TOLD).get(id=claim.row_id)
    append(
        tenant_id=claim.tenant_id,
        subject_id=claim.row_id,
        sequence=run.sequence,
        name="status",
        data=event_data(status, stage, run.error_code, run.error_message),
        final=status in FINAL,
    )
    seconds = (run.now - run.created_at).total_seconds()  # type: ignore[attr-defined]
    tell_move(run, status=status, seconds=seconds, stage=stage)
    count_end(run, status=status, seconds=seconds)
    return True


def event_data(status: Status, stage: Stage | None, error_code: str, error_message: str) -> dict[str, str]:
    data = {"status": str(status)}
    if stage:
        data["stage"] = str(stage)
    if error_code:
        data |= {"errorCode": error_code, "errorMessage": error_message}
    return data
