"""Connections in the admin: secrets go in, and nothing of them comes out."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.test import Client

from mce_bridge.models import Connection, Kind, State
from tenants.context import tenant_scope
from tenants.encryption import seal, unseal
from tests.cast import Cast
from tests.rows import ROWS
from tests.staff import staff_client

SECRET, NEWER, TOKEN = "first-client-secret", "second-client-secret", "an-access-token"


@pytest.fixture
def client(database: None) -> Client:
    return staff_client()


def add(client: Client, cast: Cast, **changes: str) -> Any:
    caller = cast.alice.caller
    fields = {"business_unit": str(caller.business_unit_id), "client_id": "app", "secret": SECRET, "auth_url": ""}
    return client.post(f"/admin/mce_bridge/connection/add/?tenant={caller.tenant_id}", {**fields, **changes})


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def the_connection() -> Connection:
    return Connection.objects.using("operator").get()


def test_a_connection_is_made_with_a_sealed_secret_at_the_tenants_own_address(client: Client, cast: Cast) -> None:
    assert add(client, cast).status_code == 302
    made = the_connection()
    assert (made.tenant_id, made.business_unit_id) == (cast.alice.caller.tenant_id, cast.alice.caller.business_unit_id)
    assert (made.kind, made.state, made.client_id) == (Kind.CLIENT_CREDENTIALS, State.ACTIVE, "app")
    assert (made.subdomain, made.auth_url) == ("mc-northwind", "https://mc-northwind.auth.marketingcloudapis.com/")
    assert unseal(made.client_secret) == SECRET


def test_a_business_unit_is_connected_once(client: Client, cast: Cast) -> None:
    add(client, cast)
    assert errors(add(client, cast)) == {"__all__": ["Constraint “one_client_connection_per_unit” is violated."]}


def test_another_tenants_address_or_business_unit_is_refused(client: Client, cast: Cast) -> None:
    elsewhere = add(client, cast, auth_url="https://mc-globex.auth.marketingcloudapis.com/")
    assert errors(elsewhere) == {"auth_url": ["This is not an address of the tenant's own Marketing Cloud"]}
    theirs = add(client, cast, business_unit=str(cast.mallory.caller.business_unit_id))
    assert set(errors(theirs)) == {"business_unit"}
    assert not Connection.objects.using("operator").exists()


def test_the_sandbox_may_be_connected(client: Client, cast: Cast) -> None:
    add(client, cast, auth_url=django_settings.MCE_SANDBOX_URL)
    assert the_connection().auth_url == f"{django_settings.MCE_SANDBOX_URL}/"


def test_a_new_secret_replaces_the_old_one_and_mends_the_connection(client: Client, cast: Cast) -> None:
    add(client, cast)
    with tenant_scope(cast.alice.caller.tenant_id):
        Connection.objects.update(state=State.BROKEN, access_token=seal(TOKEN))
    url = f"/admin/mce_bridge/connection/{the_connection().id}/change/"
    client.post(url, {"client_id": "app-2", "secret": NEWER})
    changed = the_connection()
    assert (changed.client_id, changed.state, changed.access_token) == ("app-2", State.ACTIVE, None)
    assert unseal(changed.client_secret) == NEWER
    assert LogEntry.objects.latest("id").change_message == (
        '[{"changed": {"fields": ["Client id", "New client secret"]}}]'
    )


def test_without_a_new_secret_the_old_one_stays_and_so_does_the_client_id(client: Client, cast: Cast) -> None:
    add(client, cast)
    url = f"/admin/mce_bridge/connection/{the_connection().id}/change/"
    assert client.post(url, {"client_id": "app", "secret": ""}).status_code == 302
    refused = client.post(url, {"client_id": "app-2", "secret": ""})
    assert errors(refused) == {"secret": ["Another client id has another secret."]}
    assert (the_connection().client_id, unseal(the_connection().client_secret)) == ("app", SECRET)


@pytest.mark.parametrize("kind", Kind)
def test_no_page_shows_a_secret_or_its_sealed_bytes(kind: Kind, client: Client, cast: Cast) -> None:
    connection_id = ROWS[Connection](cast.alice.caller)
    secrets = {name: seal(name * 3) for name in ("client_secret", "refresh_token", "access_token")}
    with tenant_scope(cast.alice.caller.tenant_id):
        user_id = None if kind == Kind.CLIENT_CREDENTIALS else cast.alice.caller.user_id
        Connection.objects.update(kind=kind, user_id=user_id, **secrets)
    url = f"/admin/mce_bridge/connection/{connection_id}"
    refused = client.post(f"{url}/change/", {"client_id": "", "secret": "typed-but-refused"})
    pages = [client.get(f"/admin/mce_bridge/connection{path}").text for path in ("/", f"/{connection_id}/history/")]
    for page in (*pages, client.get(f"{url}/change/").text, client.get(f"{url}/delete/").text, refused.text):
        assert "typed-but-refused" not in page
        for name, sealed in secrets.items():
            assert name * 3 not in page
            assert sealed.decode() not in page
            assert repr(sealed) not in page


def test_a_users_own_connection_is_not_changed_by_staff_but_can_be_taken_away(client: Client, cast: Cast) -> None:
    connection_id = ROWS[Connection](cast.alice.caller)
    with tenant_scope(cast.alice.caller.tenant_id):
        Connection.objects.update(kind=Kind.USER_OAUTH, user_id=cast.alice.caller.user_id)
    url = f"/admin/mce_bridge/connection/{connection_id}"
    assert client.post(f"{url}/change/", {"client_id": "x", "secret": "x"}).status_code == 403
    client.post(f"{url}/delete/", {"post": "yes"})
    assert not Connection.objects.using("operator").exists()


def test_a_connection_is_tested_and_what_stands_in_the_way_is_said(client: Client, connected: Cast) -> None:
    ours, theirs = (
        Connection.objects.using("operator").get(tenant_id=person.caller.tenant_id)
        for person in (connected.alice, connected.mallory)
    )
    with tenant_scope(theirs.tenant_id):
        Connection.objects.update(client_secret=seal("wrong"))
    posted = {"action": "test", "_selected_action": [str(ours.id), str(theirs.id)]}
    response = client.post("/admin/mce_bridge/connection/", posted, follow=True)
    said = sorted(str(message) for message in response.context["messages"])
    assert [line.partition(":")[2].strip() for line in said] == [
        "Marketing Cloud refuses this connection; sign in again, or renew the connection (reconnect_required)",
        "Marketing Cloud answers well.",
    ]
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {"Tested"}
    assert "wrong" not in response.content.decode()
