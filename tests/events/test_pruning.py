"""Forgetting old idempotency keys and the events of subjects that are gone: never another tenant's."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import F
from django.db.models.functions import Now

from events.models import Event, IdempotencyKey
from events.services import KEPT, forget_events, forget_stale_keys
from tenants.callers import Caller
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.plans import MANY, index_used
from tests.rows import make


def make_key(caller: Caller, key: str, *, age: timedelta) -> None:
    make(IdempotencyKey, user_id=lambda caller: caller.user_id, key=key, request_hash="h")(caller)
    with tenant_scope(caller.tenant_id):
        IdempotencyKey.objects.filter(key=key).update(created_at=F("created_at") - age)


def keys(caller: Caller) -> list[str]:
    with tenant_scope(caller.tenant_id):
        return list(IdempotencyKey.objects.values_list("key", flat=True))


def test_keys_past_their_day_go_whoever_used_them_and_never_another_tenants(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    for caller, key in ((alice, "hers"), (cast.bob.caller, "his"), (mallory, "theirs")):
        make_key(caller, key, age=timedelta(hours=25))
    make_key(alice, "fresh", age=timedelta(hours=23))
    with tenant_scope(alice.tenant_id):
        assert forget_stale_keys() == 2
    assert (keys(alice), keys(mallory)) == (["fresh"], ["theirs"])


def test_the_events_of_the_named_subjects_go_and_never_another_tenants(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    gone, stays = uuid4(), uuid4()
    for caller, subject in ((alice, gone), (alice, stays), (mallory, gone)):
        for sequence in (1, 2):
            make(Event, subject_id=subject, sequence=sequence, name="status", data={})(caller)
    with tenant_scope(alice.tenant_id):
        assert forget_events([gone]) == 2
        assert set(Event.objects.values_list("subject_id", flat=True)) == {stays}
    with tenant_scope(mallory.tenant_id):
        assert Event.objects.filter(subject_id=gone).count() == 2


def test_old_keys_are_found_by_an_index(cast: Cast) -> None:
    alice = cast.alice.caller
    with tenant_scope(alice.tenant_id):
        IdempotencyKey.objects.bulk_create(
            IdempotencyKey(tenant_id=alice.tenant_id, user_id=alice.user_id, key=str(number), request_hash="h")
            for number in range(MANY)
        )
    assert index_used(alice, IdempotencyKey.objects.filter(created_at__lte=Now() - KEPT), "idempotency_key_age")


def test_the_events_of_a_subject_are_found_by_an_index(cast: Cast) -> None:
    alice = cast.alice.caller
    with tenant_scope(alice.tenant_id):
        Event.objects.bulk_create(
            Event(tenant_id=alice.tenant_id, subject_id=uuid4(), sequence=1, name="status", data={})
            for _ in range(MANY)
        )
    assert index_used(alice, Event.objects.filter(subject_id__in=[uuid4(), uuid4()]), "one_event_per_sequence")
