"""Writing down what happened, and answering a request that is sent again as the first time."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import OperationalError, connection
from django.db.models.functions import Now
from psycopg.errors import LockNotAvailable

from events.channels import publish_look
from events.errors import BadIdempotencyKey, IdempotencyInFlight, IdempotencyMismatch
from events.models import KEY_LENGTH, Event, IdempotencyKey
from qspro.committed import once_committed
from qspro.statements import Statement, send
from tenants.context import tenant_scope
from tenants.pruning import delete_some

KEPT = timedelta(hours=24)
LOCK_TIMEOUT_SECONDS = 2
KEY = re.compile(rf"[\x20-\x7e]{{1,{KEY_LENGTH}}}")

# Of each move of each run, so it is not built anew each time.
APPEND = """
    INSERT INTO events_event (id, tenant_id, subject_id, sequence, name, data, final)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""

# Of each move of a run: `moved` are the rows that another part of the same statement has written.
APPEND_MOVED = """
    INSERT INTO events_event (id, tenant_id, subject_id, sequence, name, data, final)
    SELECT gen_random_uuid(), moved.tenant_id, moved.id, moved.sequence, %s, %s, %s FROM moved
"""

Response = dict[str, Any]


def append(
    *, tenant_id: UUID, subject_id: UUID, sequence: int, name: str, data: dict[str, Any], final: bool = False
) -> None:
    """Write an event, in the caller's scope and transaction; once that has committed, tell those who watch.

    `sequence` comes from the UPDATE of the subject in the same transaction (see Event).
    """
    send(event(tenant_id=tenant_id, subject_id=subject_id, sequence=sequence, name=name, data=data, final=final))
    tell_watchers(tenant_id, subject_id)


def tell_watchers(tenant_id: UUID, subject_id: UUID) -> None:
    """That there is something new to read, once it has committed."""
    once_committed(lambda: publish_look(tenant_id, subject_id))


def event(
    *, tenant_id: UUID, subject_id: UUID, sequence: int, name: str, data: dict[str, Any], final: bool = False
) -> Statement:
    """What writes an event of which nobody is told: the first one of a subject, which nobody knows of yet."""
    return Statement(APPEND, (uuid4(), tenant_id, subject_id, sequence, name, json.dumps(data), final))


def event_of_moved(*, name: str, data: dict[str, Any], final: bool) -> Statement:
    """What writes an event of each subject in `moved`, as part of the statement that moves them there."""
    return Statement(APPEND_MOVED, (name, json.dumps(data), final))


def idempotent(
    *, tenant_id: UUID, user_id: UUID, key: str, request_hash: str, perform: Callable[[], Response]
) -> tuple[Response, bool]:
    """What `perform` answers, and False; or the stored answer of the first request with this key, and True.

    The key and the rows of `perform` are one transaction: both are there or neither is, and an error is not stored.
    Who comes while the first is at it waits for its end. Raises BadIdempotencyKey, IdempotencyMismatch, and
    IdempotencyInFlight after 2 seconds of waiting.
    """
    check_key(key)
    with tenant_scope(tenant_id):
        forget_old_keys(user_id)
        mine = IdempotencyKey(tenant_id=tenant_id, user_id=user_id, key=key, request_hash=request_hash)
        with giving_up_waiting():
            # A transaction that inserts the same key is waited for: it ends with a row (ignored here) or without.
            IdempotencyKey.objects.bulk_create([mine], ignore_conflicts=True)
        row = IdempotencyKey.objects.get(user_id=user_id, key=key)
        if row.id != mine.id:
            return answer_of(row, request_hash), True
        response = perform()
        IdempotencyKey.objects.filter(id=row.id).update(response=response)
    return response, False


def check_key(key: str) -> None:
    if not KEY.fullmatch(key):
        raise BadIdempotencyKey(f"Send 1 to {KEY_LENGTH} printable ASCII characters.")


def answer_of(row: IdempotencyKey, request_hash: str) -> Response:
    if row.request_hash != request_hash:
        raise IdempotencyMismatch("Use a new Idempotency-Key for a new request.")
    response: Response = row.response
    return response


def forget_old_keys(user_id: UUID) -> None:
    """Each use of a key clears away the user's old ones; those that somebody else is clearing are let be."""
    old = IdempotencyKey.objects.filter(user_id=user_id, created_at__lte=Now() - KEPT)
    free = old.select_for_update(skip_locked=True).values_list("id", flat=True)
    IdempotencyKey.objects.filter(id__in=list(free)).delete()


def forget_stale_keys() -> int:
    """Deletes some keys of any user that are past their day, within the running scope; how many."""
    return delete_some(IdempotencyKey.objects.filter(created_at__lte=Now() - KEPT).order_by("created_at"))


def forget_events(subject_ids: Sequence[UUID]) -> int:
    """Deletes what happened to subjects that are deleted themselves, within their scope; how many events."""
    deleted, _ = Event.objects.filter(subject_id__in=subject_ids).delete()
    return deleted


@contextmanager
def giving_up_waiting() -> Iterator[None]:
    """Whoever waits for another request longer than the lock timeout gets a 409, not a full pool of connections."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_SECONDS}s"])
        try:
            yield
        except OperationalError as exc:
            if isinstance(exc.__cause__, LockNotAvailable):
                raise IdempotencyInFlight(retry_after=1) from exc
            raise
        # What comes next may wait as long as it always may.
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
