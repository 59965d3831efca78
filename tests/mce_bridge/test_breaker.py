"""A unit that Marketing Cloud throttles, or fails several times in a row, is left alone, and nobody else is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from mce_bridge.account import Account
from mce_bridge.breaker import CLOSED, TROUBLES, WITHIN, after_success, after_trouble
from mce_bridge.errors import (
    AnswerLost,
    Blocked,
    GenericFailure,
    MceError,
    Paused,
    ServerTrouble,
    Throttled,
    TokenBusy,
    Unreachable,
)
from mce_bridge.objects import data_extensions, folders
from mce_bridge.services import open_account
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.threads import at_once

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def pause_of_ten(settings: Any) -> None:
    settings.MCE_PAUSE_SECONDS = 10


def account_of(caller: Caller) -> Account:
    return open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)


def ask(caller: Caller) -> None:
    folders.find_root(account_of(caller), "dataextension")


def unit_of(caller: Caller) -> BusinessUnit:
    with tenant_scope(caller.tenant_id):
        return BusinessUnit.objects.get(id=caller.business_unit_id)


def state(caller: Caller) -> dict[str, Any]:
    unit = unit_of(caller)
    return {name: getattr(unit, name) for name in CLOSED}


def end_pause(caller: Caller) -> None:
    """As if its time had passed."""
    with tenant_scope(caller.tenant_id):
        BusinessUnit.objects.filter(id=caller.business_unit_id).update(paused_until=Now() - SECOND)


def fail(caller: Caller, mce: Sandbox, times: int, **fault: Any) -> None:
    for _ in range(times):
        mce.fault("Retrieve", **fault)
        with pytest.raises(MceError):
            ask(caller)


def test_one_throttled_call_pauses_the_unit_and_nothing_more_is_sent(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    fail(alice, mce, 1, kind="rate_limited")
    before = mce.calls()
    with pytest.raises(Paused, match="mce_throttled") as caught:
        ask(alice)
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 10
    assert mce.calls() == before


def test_another_tenants_unit_is_asked_as_before(connected: Cast, mce: Sandbox) -> None:
    fail(connected.alice.caller, mce, 1, kind="rate_limited")
    ask(connected.mallory.caller)
    assert state(connected.mallory.caller) == CLOSED


@pytest.mark.parametrize("fault", [{"kind": "http", "status": 503}, {"kind": "reset"}, {"kind": "html", "status": 502}])
def test_so_many_failures_in_a_row_pause_it_and_fewer_do_not(
    connected: Cast, mce: Sandbox, fault: dict[str, Any]
) -> None:
    alice = connected.alice.caller
    fail(alice, mce, TROUBLES - 1, **fault)
    assert unit_of(alice).paused_until is None
    fail(alice, mce, 1, **fault)
    with pytest.raises(Paused):
        ask(alice)


def test_a_good_answer_in_between_ends_the_row(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    fail(alice, mce, TROUBLES - 1, kind="http", status=503)
    ask(alice)
    assert state(alice) == CLOSED
    fail(alice, mce, TROUBLES - 1, kind="http", status=503)
    assert unit_of(alice).paused_until is None


def test_after_the_pause_a_good_answer_closes_it(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    fail(alice, mce, 1, kind="rate_limited")
    end_pause(alice)
    ask(alice)
    assert state(alice) == CLOSED


def test_after_the_pause_one_more_failure_pauses_it_again_twice_as_long(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    fail(alice, mce, 1, kind="rate_limited")
    end_pause(alice)
    fail(alice, mce, 1, kind="http", status=503)
    with pytest.raises(Paused) as caught:
        ask(alice)
    assert caught.value.retry_after is not None
    assert 10 < caught.value.retry_after <= 20
    assert unit_of(alice).pause_reason == ServerTrouble.code


def test_a_refusal_is_a_good_answer(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    fail(alice, mce, 1, kind="rate_limited")
    end_pause(alice)
    with pytest.raises(MceError):
        data_extensions.delete(account_of(alice), object_id="11111111-1111-1111-1111-111111111111")
    assert state(alice) == CLOSED


def test_twenty_troubles_at_once_are_one_pause(connected: Cast, mce: Sandbox) -> None:
    alice = connected.alice.caller
    accounts = [account_of(alice) for _ in range(20)]
    at_once(20, lambda number: accounts[number].breaker.heed(Throttled()))
    assert (unit_of(alice).troubles, unit_of(alice).pauses) == (20, 1)


def test_the_pause_is_seen_by_whoever_shares_the_unit(connected: Cast, mce: Sandbox) -> None:
    fail(connected.alice.caller, mce, 1, kind="rate_limited")
    with pytest.raises(Paused):
        ask(connected.bob.caller)


# The rules, on a row that is never saved.


def unit(**fields: Any) -> BusinessUnit:
    return BusinessUnit(**fields)


@pytest.mark.parametrize("error", [Throttled(retry_after=90), ServerTrouble(retry_after=90)])
def test_where_marketing_cloud_says_how_long_the_whole_unit_waits_so_long(error: MceError) -> None:
    changes = after_trouble(unit(), NOON, error)
    assert (changes["paused_until"], changes["pause_reason"]) == (NOON + 90 * SECOND, error.code)


def test_a_block_without_a_time_is_a_minute() -> None:
    assert after_trouble(unit(), NOON, Blocked())["paused_until"] == NOON + 60 * SECOND


@pytest.mark.parametrize(("pauses", "seconds"), [(0, 10), (1, 20), (2, 40), (3, 60), (50, 60)])
def test_pauses_double_up_to_a_minute(pauses: int, seconds: int) -> None:
    half_open = unit(pauses=pauses, paused_until=NOON - SECOND)
    assert after_trouble(half_open, NOON, Unreachable())["paused_until"] == NOON + seconds * SECOND


def test_failures_far_apart_are_not_in_a_row() -> None:
    long_ago = unit(troubles=TROUBLES - 1, troubled_at=NOON - WITHIN)
    assert after_trouble(long_ago, NOON, AnswerLost()) == {"troubles": 1, "troubled_at": NOON}


def test_what_was_on_its_way_when_the_pause_began_prolongs_it_only_if_it_says_so() -> None:
    paused = unit(troubles=1, troubled_at=NOON, pauses=1, paused_until=NOON + 30 * SECOND)
    assert "paused_until" not in after_trouble(paused, NOON, ServerTrouble())
    assert "paused_until" not in after_trouble(paused, NOON, Throttled())
    assert after_trouble(paused, NOON, Throttled(retry_after=20))["paused_until"] == NOON + 30 * SECOND
    assert after_trouble(paused, NOON, Throttled(retry_after=60))["paused_until"] == NOON + 60 * SECOND
    assert after_success(paused, NOON) == {}


@pytest.mark.parametrize("error", [GenericFailure(), TokenBusy(retry_after=1), Paused(retry_after=5)])
def test_what_speaks_of_one_object_or_of_ourselves_is_no_trouble(connected: Cast, error: MceError) -> None:
    alice = connected.alice.caller
    account_of(alice).breaker.heed(error)
    assert state(alice) == CLOSED
