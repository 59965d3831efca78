"""Deleting what nobody needs any more: in small pieces, never another tenant's, and without waiting for anybody."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import RefreshFamily
from tenants.pruning import delete_some, take_some
from tenants.services import all_tenants, forget_ended_families
from tests.cast import Cast
from tests.plans import MANY, index_used
from tests.rows import LATER, make
from tests.threads import at_once


def make_family(caller: Caller, *, ended_for: timedelta) -> UUID:
    maker = make(
        RefreshFamily,
        user_id=lambda caller: caller.user_id,
        business_unit_id=lambda caller: caller.business_unit_id,
        scopes=[],
        hashed_token_id="x",
        expires_at=lambda _: Now() - ended_for,
    )
    made: UUID = maker(caller)
    return made


def families(caller: Caller) -> set[UUID]:
    with tenant_scope(caller.tenant_id):
        return set(RefreshFamily.objects.values_list("id", flat=True))


def test_all_tenants_are_listed_by_their_ids(cast: Cast) -> None:
    assert sorted(all_tenants()) == sorted([cast.alice.caller.tenant_id, cast.mallory.caller.tenant_id])


def test_families_go_a_day_after_they_ended_and_never_another_tenants(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    make_family(alice, ended_for=timedelta(hours=25))
    fresh = make_family(alice, ended_for=timedelta(hours=23))
    theirs = make_family(mallory, ended_for=timedelta(hours=25))
    with tenant_scope(alice.tenant_id):
        assert forget_ended_families() == 1
    assert (families(alice), families(mallory)) == ({fresh}, {theirs})


def test_no_more_than_asked_for_go_at_once(cast: Cast) -> None:
    alice = cast.alice.caller
    for _ in range(3):
        make_family(alice, ended_for=timedelta(days=2))
    with tenant_scope(alice.tenant_id):
        assert delete_some(RefreshFamily.objects.all(), most=2) == 2
    assert len(families(alice)) == 1


def test_rows_that_somebody_else_is_deleting_are_let_be(cast: Cast) -> None:
    alice = cast.alice.caller
    for _ in range(2):
        make_family(alice, ended_for=timedelta(days=2))

    def delete_one(_: int) -> int:
        with tenant_scope(alice.tenant_id):
            return delete_some(RefreshFamily.objects.all())

    with transaction.atomic(), tenant_scope(alice.tenant_id):
        assert len(take_some(RefreshFamily.objects.all(), most=1)) == 1
        assert at_once(1, delete_one) == [1]


def test_ended_families_are_found_by_an_index(cast: Cast) -> None:
    alice = cast.alice.caller
    common = {"tenant_id": alice.tenant_id, "user_id": alice.user_id, "business_unit_id": alice.business_unit_id}
    with tenant_scope(alice.tenant_id):
        RefreshFamily.objects.bulk_create(
            RefreshFamily(**common, scopes=[], hashed_token_id="x", expires_at=LATER) for _ in range(MANY)
        )
    old = RefreshFamily.objects.filter(expires_at__lt=Now() - timedelta(days=1))
    assert index_used(alice, old, "refresh_family_expiry")
