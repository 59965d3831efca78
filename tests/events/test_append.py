"""What append() promises: the row and the message, or neither."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings
from redis import Redis

from events.channels import REDIS_CHANNEL, channel_named, channel_of
from events.frames import MOST_ASKED, with_news
from events.models import Event
from events.services import append
from tenants.context import tenant_scope
from tests.cast import Cast


class Ears:
    """Hears what is published; `all()` says a word of its own and returns what came before it."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.pubsub = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self.pubsub.subscribe(REDIS_CHANNEL)
        self.pubsub.get_message(timeout=10)

    def all(self) -> list[Any]:
        self.redis.publish(REDIS_CHANNEL, "enough")
        heard: list[Any] = []
        for message in self.pubsub.listen():
            if message["data"] == b"enough":
                return heard
            heard.append(json.loads(message["data"]))
        raise AssertionError("the connection ended")


@pytest.fixture
def ears(redis: Redis) -> Iterator[Ears]:
    ears = Ears(redis)
    yield ears
    ears.pubsub.close()


def test_writes_the_event_and_tells_that_there_is_something_to_look_at(cast: Cast, ears: Ears) -> None:
    tenant_id, subject_id = cast.alice.caller.tenant_id, uuid4()
    with tenant_scope(tenant_id):
        append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={"status": "queued"})
        assert ears.all() == []  # not before the commit
    with tenant_scope(tenant_id):
        [event] = Event.objects.all()
    assert (event.subject_id, event.sequence, event.name) == (subject_id, 1, "status")
    assert (event.data, event.final) == ({"status": "queued"}, False)
    assert ears.all() == [
        {"channel": channel_of(tenant_id, subject_id), "event_type": "look", "data": "{}", "pub_id": None}
    ]


def test_a_transaction_that_rolls_back_writes_nothing_and_tells_nothing(cast: Cast, ears: Ears) -> None:
    tenant_id = cast.alice.caller.tenant_id
    with tenant_scope(tenant_id):
        append(tenant_id=tenant_id, subject_id=uuid4(), sequence=1, name="status", data={})
        transaction.set_rollback(True)
    with tenant_scope(tenant_id):
        assert list(Event.objects.all()) == []
    assert ears.all() == []


def test_a_sequence_is_taken_once(cast: Cast, ears: Ears) -> None:
    tenant_id, subject_id = cast.alice.caller.tenant_id, uuid4()
    with tenant_scope(tenant_id):
        append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={"first": True})
    with pytest.raises(IntegrityError), tenant_scope(tenant_id):
        append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={"first": False})
    with tenant_scope(tenant_id):
        assert [event.data for event in Event.objects.all()] == [{"first": True}]
    assert len(ears.all()) == 1


def test_without_redis_the_event_is_written_all_the_same(cast: Cast, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nobody listens there
    tenant_id, subject_id = cast.alice.caller.tenant_id, uuid4()
    with tenant_scope(tenant_id):
        append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={}, final=True)
    with tenant_scope(tenant_id):
        assert [(event.subject_id, event.final) for event in Event.objects.all()] == [(subject_id, True)]


def test_another_tenant_sees_no_event(cast: Cast, redis: Redis) -> None:
    tenant_id = cast.alice.caller.tenant_id
    with tenant_scope(tenant_id):
        append(tenant_id=tenant_id, subject_id=uuid4(), sequence=1, name="status", data={})
    with tenant_scope(cast.mallory.caller.tenant_id):
        assert list(Event.objects.all()) == []


def test_the_definer_function_names_subjects_that_have_news_and_no_more(cast: Cast, redis: Redis) -> None:
    alice, mallory = cast.alice.caller.tenant_id, cast.mallory.caller.tenant_id
    old, new, theirs = uuid4(), uuid4(), uuid4()
    for tenant_id, subject_id in ((alice, old), (alice, new), (mallory, theirs)):
        for sequence in (1, 2):
            with tenant_scope(tenant_id):
                append(tenant_id=tenant_id, subject_id=subject_id, sequence=sequence, name="status", data={})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM events_newer(%s::uuid[], %s::uuid[], %s::int[])",
            [[alice, alice, mallory, alice], [old, new, theirs, theirs], [2, 1, 0, 0]],
        )
        assert cursor.fetchall() == [(alice, new), (mallory, theirs)]


def test_news_of_any_number_of_subjects_are_found(cast: Cast, redis: Redis) -> None:
    tenant_id = cast.alice.caller.tenant_id
    news = [(tenant_id, uuid4()) for _ in range(3)]
    for _, subject_id in news:
        with tenant_scope(tenant_id):
            append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={})
    quiet = [(tenant_id, uuid4(), 0) for _ in range(MOST_ASKED - 1)]
    first, second, third = ((*each, 0) for each in news)
    assert with_news([first, *quiet, second, *quiet, third]) == news


@pytest.mark.parametrize("message", [b"", b"\xff", b"{", b"[]", b"1", b"{}", b'{"channel": 7}'])
def test_a_message_of_another_format_names_no_channel(message: bytes) -> None:
    assert channel_named(message) is None
