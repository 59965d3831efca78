"""Requests with an Idempotency-Key: performed once, answered alike, whatever comes at the same moment."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Flag
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from redis import Redis

from events.errors import BadIdempotencyKey, IdempotencyInFlight, IdempotencyMismatch
from events.models import Event, IdempotencyKey
from events.services import append, idempotent
from tenants.callers import Caller
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.threads import at_once


def ask(caller: Caller, key: str = "key", request_hash: str = "hash", **overrides: Any) -> tuple[dict[str, Any], bool]:
    """A request that writes one event, and answers with its subject."""

    def perform() -> dict[str, Any]:
        subject_id = uuid4()
        append(tenant_id=caller.tenant_id, subject_id=subject_id, sequence=1, name="status", data={})
        return {"runId": str(subject_id)}

    wanted = {"perform": perform, "key": key, "request_hash": request_hash, **overrides}
    return idempotent(tenant_id=caller.tenant_id, user_id=caller.user_id, **wanted)


def performed(caller: Caller) -> list[str]:
    with tenant_scope(caller.tenant_id):
        return [str(subject_id) for subject_id in Event.objects.values_list("subject_id", flat=True)]


def kept(caller: Caller) -> list[str]:
    with tenant_scope(caller.tenant_id):
        return sorted(IdempotencyKey.objects.values_list("key", flat=True))


def make_older(caller: Caller, age: timedelta) -> None:
    with tenant_scope(caller.tenant_id):
        IdempotencyKey.objects.update(created_at=Now() - age)


def test_the_second_request_gets_the_first_ones_answer(cast: Cast, redis: Redis) -> None:
    first, replayed = ask(cast.alice.caller)
    assert not replayed
    assert ask(cast.alice.caller) == (first, True)
    assert performed(cast.alice.caller) == [first["runId"]]


def test_another_body_under_the_same_key_is_refused(cast: Cast, redis: Redis) -> None:
    first, _ = ask(cast.alice.caller)
    with pytest.raises(IdempotencyMismatch):
        ask(cast.alice.caller, request_hash="other")
    assert performed(cast.alice.caller) == [first["runId"]]


def test_keys_of_colleagues_and_other_tenants_do_not_meet(cast: Cast, redis: Redis) -> None:
    answers = [ask(person.caller) for person in (cast.alice, cast.bob, cast.mallory)]
    assert [replayed for _, replayed in answers] == [False, False, False]
    assert len({answer["runId"] for answer, _ in answers}) == 3


def test_an_error_is_not_stored(cast: Cast, redis: Redis) -> None:
    def fail() -> dict[str, Any]:
        append(tenant_id=cast.alice.caller.tenant_id, subject_id=uuid4(), sequence=1, name="status", data={})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(cast.alice.caller, perform=fail)
    assert (performed(cast.alice.caller), kept(cast.alice.caller)) == ([], [])
    _, replayed = ask(cast.alice.caller)
    assert not replayed


def test_after_a_day_the_key_is_new_and_old_keys_are_gone(cast: Cast, redis: Redis) -> None:
    caller = cast.alice.caller
    first, _ = ask(caller)
    ask(caller, key="left alone")
    make_older(caller, timedelta(hours=23, minutes=59))
    assert ask(caller) == (first, True)
    make_older(caller, timedelta(hours=24, seconds=1))
    second, replayed = ask(caller)
    assert (second != first, replayed) == (True, False)
    assert kept(caller) == ["key"]


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "tab\t", "line\n"])
def test_junk_is_no_key(cast: Cast, key: str) -> None:
    with pytest.raises(BadIdempotencyKey):
        ask(cast.alice.caller, key=key)
    assert performed(cast.alice.caller) == []


def test_a_key_has_up_to_255_characters(cast: Cast, redis: Redis) -> None:
    first, _ = ask(cast.alice.caller, key="~" * 255)
    assert ask(cast.alice.caller, key="~" * 255) == (first, True)


def test_who_waits_too_long_for_the_first_request_is_told_so(cast: Cast, redis: Redis) -> None:
    started, go_on = Flag(), Flag()

    def slow() -> dict[str, Any]:
        started.set()
        go_on.wait()
        return {"runId": "slow"}

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(ask, cast.alice.caller, perform=slow)
        started.wait()
        try:
            with pytest.raises(IdempotencyInFlight) as refused:
                ask(cast.alice.caller)
        finally:
            go_on.set()
        assert first.result() == ({"runId": "slow"}, False)
    assert (refused.value.status, refused.value.retryable) == (409, True)
    assert ask(cast.alice.caller) == ({"runId": "slow"}, True)


def test_the_lock_timeout_ends_before_the_work_begins(cast: Cast, redis: Redis) -> None:
    def lock_timeout() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            return {"is": cursor.fetchone()[0]}

    assert ask(cast.alice.caller, perform=lock_timeout) == ({"is": "0"}, False)


def test_of_50_threads_with_one_key_one_performs(cast: Cast, redis: Redis) -> None:
    outcomes = at_once(50, lambda _: ask(cast.alice.caller))
    [subject] = performed(cast.alice.caller)
    answer = {"runId": subject}
    assert sorted(outcomes, key=str) == [(answer, False)] + [(answer, True)] * 49


def test_of_50_requests_in_2_processes_one_performs(cast: Cast, redis: Redis) -> None:
    caller = cast.alice.caller
    processes = [start_racer(caller.tenant_id, caller.user_id) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"  # type: ignore[union-attr]
    for process in processes:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    answers = [line for process in processes for line in process.communicate()[0].split()]
    [subject] = performed(caller)
    assert sorted(answers) == [f"{subject}:False"] + [f"{subject}:True"] * 49


def start_racer(tenant_id: UUID, user_id: UUID) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.events.racer", str(tenant_id), str(user_id), "25"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
