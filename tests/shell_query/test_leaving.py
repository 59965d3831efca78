"""A tenant leaves: people out, Marketing Cloud cleared, rows erased; another tenant notices nothing."""

from io import StringIO
from typing import Any

import httpx
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from mce_bridge.models import Connection, State
from shell_query.naming import data_extension_key
from shell_query.services import leaving
from tenants.context import tenant_scope
from tenants.errors import UserDeactivated
from tenants.models import Tenant, User
from tenants.services import find_tenant
from tenants.services.audit import Actor
from tenants.services.sign_in import sign_in
from tests.asking import ask
from tests.cast import Cast
from tests.mce_bridge.test_connections import only
from tests.rows import ROWS
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, submit


def leave(*arguments: str) -> str:
    told = StringIO()
    call_command("delete_tenant", *arguments, stdout=told)
    return told.getvalue()


def rows_of(tenant_id: Any) -> dict[str, int]:
    """How many rows of the tenant there are, by model, as the operator sees them."""
    column = {model: "id" if model is Tenant else "tenant_id" for model in ROWS}
    counts = {
        model._meta.label: model._default_manager.using("operator").filter(**{column[model]: tenant_id}).count()
        for model in ROWS
    }
    return {label: count for label, count in counts.items() if count}


def keys_in(mce: Sandbox, mid: int) -> set[str]:
    """The keys of all data extensions and queries of the business unit."""
    enterprises = httpx.get(f"{mce.url}/control/accounts").json()["enterprises"]
    (unit,) = [unit for enterprise in enterprises for unit in enterprise["business_units"] if unit["mid"] == mid]
    return {each["customer_key"] for each in (*unit["data_extensions"], *unit["queries"])}


def test_these_are_all_models_with_a_tenant() -> None:
    with_tenant = {model for model in apps.get_models() if any(f.name == "tenant" for f in model._meta.local_fields)}
    assert set(ROWS) == with_tenant | {Tenant}


def test_nothing_is_done_where_nobody_is_there_to_be_asked(
    connected: Cast, mce: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(connected.alice.caller.tenant_id)
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match=r"Nothing was done\."):
        leave("7001000")
    assert rows_of(connected.alice.caller.tenant_id) == before


def test_everything_goes_and_what_was_done_is_told(connected: Cast, mce: Sandbox) -> None:
    caller = connected.alice.caller
    made = data_extension_key(drive(caller, submit(caller, "SELECT 1 AS One"), until="ready").id)
    waiting = submit(connected.bob.caller, "SELECT 1 AS One")
    before, mallorys = keys_in(mce, 7001001), rows_of(connected.mallory.caller.tenant_id)
    key = connected.alice.headers["Authorization"]
    for model, make in ROWS.items():
        if model._meta.label not in {"mce_bridge.Connection", "shell_query.UnitSweep"}:
            make(caller)
    told = leave("7001000", "--yes").splitlines()
    assert told[0].startswith("Northwind Outfitters: 2 people, 2 API keys, 1 connections,")
    after = keys_in(mce, 7001001)
    assert told[1:] == [
        "2 people are shut out, their keys and tokens revoked, their runs canceled.",
        f"7001001 Northwind Europe: removed {len(before - after)}, refused 0",
        "All its rows are erased.",
    ]
    assert made in before - after
    assert not after - before
    assert rows_of(caller.tenant_id) == {}
    assert find_tenant("7001000") is None
    assert ask("GET", f"/api/runs/{waiting}", key).error == (401, "invalid_credentials")
    assert rows_of(connected.mallory.caller.tenant_id) == mallorys


def test_a_unit_that_cannot_be_cleared_stops_it_unless_it_may_be_left(connected: Cast) -> None:
    connection = only(connected.alice)
    with tenant_scope(connection.tenant_id):
        Connection.objects.update(state=State.BROKEN)
    with pytest.raises(CommandError, match="Nothing was erased"):
        leave("7001000", "--yes")
    assert find_tenant("7001000") == connection.tenant_id
    assert ask("GET", "/api/me", connected.alice.headers["Authorization"]).status == 401
    assert "7001001 Northwind Europe: cannot be cleared: no_connection" in leave("7001000", "--yes", "--leave-behind")
    assert rows_of(connection.tenant_id) == {}


@pytest.mark.parametrize("answer", ["", "yes", "8002000"])
def test_it_asks_and_does_nothing_for_another_answer(cast: Cast, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{answer}\n"))
    before = rows_of(cast.alice.caller.tenant_id)
    with pytest.raises(CommandError, match="Nothing was done"):
        leave("7001000")
    assert rows_of(cast.alice.caller.tenant_id) == before


def test_who_is_not_there_cannot_leave(database: None) -> None:
    with pytest.raises(CommandError, match="no such tenant"):
        leave("7001000", "--yes")


def test_nobody_new_comes_in_while_a_tenant_leaves(connected: Cast) -> None:
    """They would make something in Marketing Cloud behind us."""
    caller = connected.alice.caller
    leaving.shut_out(caller.tenant_id, actor=Actor.command("test"))
    with pytest.raises(UserDeactivated):
        sign_in(
            enterprise_id="7001000",
            enterprise_name="Northwind Outfitters",
            subdomain="mc-northwind",
            mid=7001001,
            mce_user_id="503",
            name="Nora",
            email="nora@example.org",
        )
    with tenant_scope(caller.tenant_id):
        assert User.objects.filter(is_active=True).count() == 0
