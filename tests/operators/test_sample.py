"""The sample tenants of `make run`, made again at each start."""

from datetime import datetime

from pytest_django import Settings

from mce_bridge.models import Connection
from mce_bridge.objects import folders
from mce_bridge.services import keep_user_connection, open_account
from mce_bridge.tokens import Fetched
from operators.sample import Sample, make_sample
from shell_query.services import leaving
from stack.ports import FOR_TESTS, Ports
from tenants.context import tenant_scope
from tenants.services import caller_of_api_key, find_tenant
from tenants.services.audit import Actor
from tests.asking import me
from tests.sandbox import Sandbox, running


def look_around(sample: Sample) -> None:
    """Each of the samples asks its Marketing Cloud for something."""
    for key in sample.api_keys.values():
        caller = caller_of_api_key(key)
        unit_id, user_id = caller.business_unit_id, caller.user_id
        account = open_account(tenant_id=caller.tenant_id, business_unit_id=unit_id, user_id=user_id)
        folders.find_root(account, "dataextension")


def test_keys_that_work_are_kept(database: None, mce: Sandbox) -> None:
    first = make_sample(sandbox_url=mce.url, kept={}).api_keys
    assert make_sample(sandbox_url=mce.url, kept=first).api_keys == first
    assert [me(f"Api-Key {key}").status for key in first.values()] == [200, 200, 200]


def test_connections_whose_sandbox_has_not_moved_are_left_alone(database: None, mce: Sandbox) -> None:
    first = make_sample(sandbox_url=mce.url, kept={}).api_keys
    before = last_changes()
    make_sample(sandbox_url=mce.url, kept=first)
    assert last_changes() == before


def last_changes() -> list[datetime]:
    tenant_id = find_tenant("7001000")
    assert tenant_id
    with tenant_scope(tenant_id):
        return list(Connection.objects.order_by("id").values_list("updated_at", flat=True))


def test_a_tenant_whose_deletion_was_not_ended_keeps_nothing_from_starting(database: None, mce: Sandbox) -> None:
    first = make_sample(sandbox_url=mce.url, kept={}).api_keys
    globex = find_tenant("8002000")
    assert globex
    leaving.shut_out(globex, actor=Actor.command("test"))
    assert make_sample(sandbox_url=mce.url, kept=first).api_keys == first
    assert [me(f"Api-Key {key}").status for key in first.values()] == [200, 200, 401]


def test_samples_are_connected_to_where_the_sandbox_is_now(database: None, mce: Sandbox, settings: Settings) -> None:
    first = make_sample(sandbox_url=mce.url, kept={})
    look_around(first)
    owner = caller_of_api_key(first.api_keys["owner"])
    tokens = Fetched("access", "refresh", seconds=1000, soap_url=f"{mce.url}/", rest_url=f"{mce.url}/")
    keep_user_connection(caller=owner, subdomain="mc-northwind", auth_url=f"{mce.url}/", fetched=tokens)
    with Ports({}, preferred=FOR_TESTS) as ports, running(f"http://127.0.0.1:{ports.take('SANDBOX_PORT')}") as moved:
        settings.MCE_SANDBOX_URL = moved.url
        again = make_sample(sandbox_url=moved.url, kept=first.api_keys)
        asked = len(mce.calls())
        look_around(again)
        assert again == first
        assert [call["operation"] for call in moved.calls()].count("Retrieve") == 3
        assert len(mce.calls()) == asked
