"""Whose entries are whose, and for how long."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.cache import caches

from mce_bridge.account import Account
from mce_bridge.services import open_account
from shell_query.catalogue import Catalogue
from shell_query.sql import parse
from tests.cast import Cast
from tests.sandbox import Sandbox

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
