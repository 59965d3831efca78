"""The only place where the engine writes a run. Every write is one UPDATE, guarded by the claim or by the states it may
leave, and a change of status or stage appends its event with it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Case, DateTimeField, F, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from events.services import append, event_of_moved, tell_watchers
from leases import fence
from leases.claims import Claim
from leases.models import begun
from qspro.database_time import NOW, in_seconds
from shell_query.engine.moves import count_end, tell_move
from shell_query.engine.outcomes import Ended
from shell_query.models import Run
from shell_query.states import ACTIVE, FINAL, Stage, Status, sources
from tenants.compiled import Compiled
from tenants.context import tenant_scope
from tenants.encryption import seal

# What is written once a step is over.
OVER: dict[str, Any] = {"step_began_at": None, "lapses": 0}
# What an event and the metrics tell of a run.
TOLD = ("id", "tenant_id", "sequence", "error_code", "error_message", "created_at")
FIRST_RUNNING = RawSQL("coalesce(running_at, statement_timestamp())", (), DateTimeField())
NEXT = RawSQL("sequence + 1", (), IntegerField())

held_run = Compiled(lambda row, token: Run.objects.with_now().filter(id=row, claim_token=token).order_by(), count=2)


class ClaimLost(Exception):
    """Somebody else has the run now, or it was canceled: this worker writes nothing more."""


def claimed(claim: Claim) -> Run | None:
    """The run as it was claimed, if it was read then."""
    return claim.row if isinstance(claim.row, Run) else None


def load(claim: Claim) -> Run | None:
    """The run with the database's `now`, if the claim still holds it."""
    return next(iter(held_run.rows(claim.tenant_id, claim.row_id, claim.token)), None)


def begin(claim: Claim, *, stage: Stage | None) -> None:
    """A step begins: the lease runs from now. With `stage`, so does that stage. Raises ClaimLost."""
    write(claim, begun(), stage)


def note(claim: Claim, changes: Mapping[str, Any]) -> None:
    """Writes in the middle of a step. Raises ClaimLost."""
    write(claim, changes, None)


def give_back(claim: Claim, *, changes: Mapping[str, Any], seconds: float | None, stage: Stage | None = None) -> None:
    """A step is over. The claim is given back with the alarm in `seconds`; None sets no alarm.

    With `stage`, that stage begins. Raises ClaimLost.
    """
    alarm = None if seconds is None else in_seconds(seconds)
    write(claim, {**changes, **OVER, "claim_token": None, "wake_at": alarm}, stage)


def go_on(claim: Claim, *, changes: Mapping[str, Any], stage: Stage | None = None) -> datetime:
    """A step is over and the next one begins, with `stage` if that is new: the lease runs from now, which is returned.

    Raises ClaimLost.
    """
    return write(claim, {**changes, **OVER, **begun()}, stage)


def set_apart(claim: Claim, *, trouble: str, seconds: float) -> None:
    """The claim is given back before a step, and the lapses stay counted. Raises ClaimLost."""
    fields = {"last_trouble": trouble, "claim_token": None, "wake_at": in_seconds(seconds), "step_began_at": None}
    write(claim, fields, None)


def write(claim: Claim, fields: Mapping[str, Any], stage: Stage | None) -> datetime:
    """A new stage is a move. Returns the database's time. Raises ClaimLost."""
    if stage is None:
        written = fence.write(Run, claim, fields)
    else:
        changes = {**fields, "running_at": FIRST_RUNNING}
        written = move(claim, status=Status.RUNNING, among=ACTIVE, stage=stage, changes=changes)
    if written is None:
        raise ClaimLost
    return now_of(written)


def end(claim: Claim, ended: Ended) -> datetime:
    """A run is over, and its cleanup begins: the lease runs from now, which is returned. Raises ClaimLost."""
    changes = {
        **ended.changes,
        **erased(),
        **OVER,
        **begun(),
        "error_code": ended.error_code,
        "error_message": ended.error_message,
        "sealed_mce_message": seal(ended.mce_message) if ended.mce_message else None,
        "attempts": 0,
    }
    moved = move(claim, status=ended.status, among=sources(ended.status), changes=changes)
    if moved is None:
        raise ClaimLost
    return now_of(moved)


def cancel(*, tenant_id: UUID, run_id: UUID) -> bool:
    """Ends a run as its owner wishes. Within the running scope."""
    return end_now(Ended(Status.CANCELED), tenant_id=tenant_id, run_id=run_id)


def end_now(ended: Ended, *, tenant_id: UUID, run_id: UUID) -> bool:
    """Ends a run whatever is being done with it: the claim gets a token that nobody holds, so a call on the wire writes
    nothing any more, and still counts as one of its business unit's.

    Its cleanup begins when the lease in force has ended, so after any such call. Within the running scope.
    """
    free = Q(claim_token__isnull=True)
    changes: dict[str, Any] = {
        **ended.changes,
        **erased(),
        **OVER,
        "error_code": ended.error_code,
        "error_message": ended.error_message,
        "claim_token": Case(When(free, then=None), default=Value(uuid4())),
        "attempts": 0,
        # Nothing was begun for a run that nobody ever claimed, so there is nothing to clean up.
        "assets_cleaned_at": Case(When(claims=0, then=Now()), default=None),
        "wake_at": Case(When(claims=0, then=None), When(free, then=Now()), default=F("wake_at")),
    }
    active = Run.objects.filter(id=run_id, status__in=sources(ended.status))
    if not active.update(**moved_to(ended.status), **changes):
        return False
    run = Run.objects.with_now().only(*TOLD).get(id=run_id)
    append(
        tenant_id=tenant_id,
        subject_id=run_id,
        sequence=run.sequence,
        name="status",
        data=event_data(ended.status, None, run.error_code, run.error_message),
        final=True,
    )
    log(run, status=ended.status)
    return True


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
    return {"sealed_sql": None, "expires_at": None, "finished_at": NOW}


def move(
    claim: Claim, *, status: Status, among: Collection[Status], changes: Mapping[str, Any], stage: Stage | None = None
) -> Run | None:
    """The run with its new status, if the claim holds it and it had one of `among`."""
    fields = {**changes, **moved_to(status, stage)}
    data = event_data(status, stage, changes.get("error_code", ""), changes.get("error_message", ""))
    happened = event_of_moved(name="status", data=data, final=status in FINAL)
    run = fence.write(Run, claim, fields, among={"status": among}, told=TOLD, along=happened)
    if run is not None:
        tell_watchers(run.tenant_id, run.id)
        log(run, status=status, stage=stage)
    return run


def moved_to(status: Status, stage: Stage | None = None) -> dict[str, Any]:
    return {"status": status, "stage": stage or "", "sequence": NEXT}


def log(run: Run, *, status: Status, stage: Stage | None = None) -> None:
    """A move's log line and count. `run` has what is TOLD, and `now`."""
    seconds = (now_of(run) - run.created_at).total_seconds()
    tell_move(run, status=status, seconds=seconds, stage=stage)
    count_end(run, status=status, seconds=seconds)


def now_of(run: Run) -> datetime:
    """The database's time when the run was read or written."""
    now: datetime = run.now  # type: ignore[attr-defined]
    return now


def event_data(status: Status, stage: Stage | None, error_code: str, error_message: str) -> dict[str, str]:
    data = {"status": str(status)}
    if stage:
        data["stage"] = str(stage)
    if error_code:
        data |= {"errorCode": error_code, "errorMessage": error_message}
    return data
