"""Whose entries are whose, and for how long."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.cache import caches

from mce_bridge.account import Account
from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.catalogue import Catalogue
from shell_query.sql import parse
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import run_sql

TABLES = parse("SELECT City FROM Stores", max_characters=100).tables


@pytest.fixture
def account(connected: Cast) -> Account:
    caller = connected.alice.caller
    return open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)


def calls_of(account: Account, mce: Sandbox) -> int:
    """How often Marketing Cloud is asked for one look at the tables and the names."""
    before = len(mce.calls("Retrieve"))
    catalogue = Catalogue(account)
    assert list(catalogue.described(TABLES)) == ["stores"]
    assert "Stores" in [each.name for each in catalogue.names()]
    return len(mce.calls("Retrieve")) - before


def test_each_connection_and_business_unit_has_entries_of_its_own(account: Account, mce: Sandbox) -> None:
    first = calls_of(account, mce)
    assert calls_of(account, mce) == 0
    assert calls_of(replace(account, connection_id=uuid4()), mce) == first > 0
    assert calls_of(replace(account, mid=1), mce) == first


def test_what_is_no_longer_kept_is_asked_for_again(account: Account, mce: Sandbox) -> None:
    first = calls_of(account, mce)
    caches["metadata"].clear()
    assert calls_of(account, mce) == first > 0


def test_names_past_the_most_are_asked_for_by_their_part_though_results_of_ours_count_among_those(
    account: Account, connected: Cast, mce: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    name = f"Late {uuid4().hex[:12]}"
    mce.ask("POST", "seed", {"mid": account.mid, "name": name, "key": name, "fields": "Id Number", "rows": []})
    there = len(list(data_extensions.find_by_part(account, "", most=5_000)))
    monkeypatch.setattr("shell_query.catalogue.MOST_NAMES", there - 1)
    assert name not in [each.name for each in Catalogue(account).names()]
    assert [each.name for each in Catalogue(account).names(name.upper())] == [name]
    # What a Marketing Cloud takes for any character is a part of a name like any other.
    assert Catalogue(account).names(name.replace(" ", "_")) == ()
