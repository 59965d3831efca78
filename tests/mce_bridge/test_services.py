"""Who gets which connection, and where a connection may lead."""

from uuid import uuid4

import pytest
from django.db import IntegrityError

from mce_bridge import services
from mce_bridge.account import Account
from mce_bridge.errors import AddressRefused, ConnectionBroken, ConnectionExists, NoConnection
from mce_bridge.hosts import own_address
from mce_bridge.models import Connection, Kind, State
from mce_bridge.services import create_connection, open_account, replace_secret
from tenants.context import tenant_scope
from tenants.encryption import seal
from tenants.models import Grant
from tests.cast import Cast, Person
from tests.mce_bridge import hostile
from tests.mce_bridge.conftest import token_answer
from tests.mce_bridge.hostile import Server
from tests.sandbox import Sandbox


def account_for(person: Person, **changes: object) -> Account:
    caller = person.caller
    values = {
        "tenant_id": caller.tenant_id,
        "business_unit_id": caller.business_unit_id,
        "user_id": caller.user_id,
    }
    return open_account(**(values | changes))  # type: ignore[arg-type]


def connect_user(person: Person, server: Server) -> Connection:
    caller = person.caller
    with tenant_scope(caller.tenant_id):
        return Connection.objects.create(
            tenant_id=caller.tenant_id,
            business_unit_id=caller.business_unit_id,
            user_id=caller.user_id,
            kind=Kind.USER_OAUTH,
            subdomain="mc-northwind",
            auth_url=f"{server.origin}/",
            client_id="app",
            client_secret=seal("secret"),
            refresh_token=seal("refresh"),
        )


def test_client_credentials_serve_all_members_granted_the_unit(cast: Cast, connection: Connection) -> None:
    assert account_for(cast.alice).connection_id == connection.id
    assert account_for(cast.bob).connection_id == connection.id
    assert account_for(cast.bob).mid == 7001001
    with tenant_scope(cast.bob.caller.tenant_id):
        Grant.objects.filter(user_id=cast.bob.caller.user_id).delete()
    with pytest.raises(NoConnection):
        account_for(cast.bob)


def test_a_users_own_connection_goes_first_and_serves_nobody_else(
    cast: Cast, server: Server, connection: Connection
) -> None:
    own = connect_user(cast.alice, server)
    assert account_for(cast.alice).connection_id == own.id
    assert account_for(cast.bob).connection_id == connection.id
    assert account_for(cast.alice, user_id=None).connection_id == connection.id
    with tenant_scope(connection.tenant_id):
        connection.delete()
    with pytest.raises(NoConnection):
        account_for(cast.bob)


def test_another_tenant_gets_no_account(cast: Cast, connection: Connection) -> None:
    mallory, alice = cast.mallory.caller, cast.alice.caller
    with pytest.raises(NoConnection):
        account_for(cast.mallory)
    with pytest.raises(NoConnection):
        account_for(cast.alice, tenant_id=mallory.tenant_id)
    with pytest.raises(NoConnection):
        account_for(cast.mallory, business_unit_id=alice.business_unit_id)
    with pytest.raises(NoConnection):
        services.test_connection(tenant_id=mallory.tenant_id, connection_id=connection.id)
    with pytest.raises(NoConnection):
        replace_secret(tenant_id=mallory.tenant_id, connection_id=connection.id, client_id="a", client_secret="b")
    assert account_for(cast.alice).connection_id == connection.id


def test_a_connection_into_another_tenants_unit_cannot_be_made(cast: Cast, server: Server) -> None:
    with pytest.raises(NoConnection):
        create_connection(
            tenant_id=cast.mallory.caller.tenant_id,
            business_unit_id=cast.alice.caller.business_unit_id,
            client_id="a",
            client_secret="b",
            auth_url=server.origin,
        )
    with pytest.raises(IntegrityError), tenant_scope(cast.mallory.caller.tenant_id):
        Connection.objects.create(
            tenant_id=cast.mallory.caller.tenant_id,
            business_unit_id=cast.alice.caller.business_unit_id,
            kind=Kind.CLIENT_CREDENTIALS,
            client_secret=b"",
        )


def test_a_broken_connection_is_used_again_with_new_credentials(
    cast: Cast, server: Server, connection: Connection
) -> None:
    with tenant_scope(connection.tenant_id):
        Connection.objects.update(state=State.BROKEN)
    with pytest.raises(ConnectionBroken):
        account_for(cast.alice)
    replace_secret(
        tenant_id=connection.tenant_id, connection_id=connection.id, client_id="new", client_secret="new-secret"
    )
    server.then(token_answer(server.origin), hostile.http(200, '{"queryValid": true}'))
    assert account_for(cast.alice).rest("GET", "x", about="x") == {"queryValid": True}
    assert b'"client_secret": "new-secret"' in server.requests[0].body


def test_a_unit_is_connected_once(cast: Cast, connection: Connection) -> None:
    with pytest.raises(ConnectionExists):
        create_connection(
            tenant_id=connection.tenant_id,
            business_unit_id=connection.business_unit_id,
            client_id="b",
            client_secret="b",
        )


def test_a_connection_is_tested_with_a_real_call(connected: Cast, northwind: Account, mce: Sandbox) -> None:
    services.test_connection(tenant_id=northwind.tenant_id, connection_id=northwind.connection_id)
    mallory = connected.mallory.caller
    with tenant_scope(mallory.tenant_id):
        wrong = Connection.objects.get()
    services.replace_secret(
        tenant_id=mallory.tenant_id,
        connection_id=wrong.id,
        client_id="globex-app",
        client_secret="not-the-secret",
    )
    with pytest.raises(ConnectionBroken):
        services.test_connection(tenant_id=mallory.tenant_id, connection_id=wrong.id)


def test_no_such_connection(cast: Cast) -> None:
    with pytest.raises(NoConnection):
        services.test_connection(tenant_id=cast.alice.caller.tenant_id, connection_id=uuid4())


@pytest.mark.parametrize("part", ["auth", "soap", "rest"])
def test_the_tenants_own_addresses_are_allowed(part: str) -> None:
    own = f"https://mc-northwind.{part}.marketingcloudapis.com"
    assert own_address(own, subdomain="mc-northwind", part=part) == f"{own}/"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "http://mc-northwind.auth.marketingcloudapis.com/",
        "https://mc-northwind.rest.marketingcloudapis.com/",
        "https://mc-globex.auth.marketingcloudapis.com/",
        "https://mc-northwind.auth.marketingcloudapis.com:444/",
        "https://mc-northwind.auth.marketingcloudapis.com@evil.example/",
        "https://evil.example/mc-northwind.auth.marketingcloudapis.com/",
        "https://mc-northwind.auth.marketingcloudapis.com.evil.example/",
        "https://mc-northwind.auth.marketingcloudapis.com/path/",
        "https://mc-northwind.auth.marketingcloudapis.com\\@evil.example/",
        "https://user@mc-northwind.auth.marketingcloudapis.com/",
        "file:///etc/passwd",
        "http://127.0.0.1:9400/",
        "",
    ],
)
def test_all_other_addresses_are_refused(settings: object, address: str) -> None:
    settings.MCE_SANDBOX_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(AddressRefused):
        own_address(address, subdomain="mc-northwind", part="auth")


@pytest.mark.parametrize("subdomain", ["", "a.b", "evil.example/", "a@b", "-a", "A", "ä"])
def test_a_subdomain_that_is_none_makes_no_address(settings: object, subdomain: str) -> None:
    settings.MCE_SANDBOX_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(AddressRefused):
        own_address(f"https://{subdomain}.auth.marketingcloudapis.com/", subdomain=subdomain, part="auth")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("http://127.0.0.1:9400", True),
        ("http://127.0.0.1:9401/", False),
        ("http://localhost:9400/", False),
        ("https://127.0.0.1:9400/", False),
        ("http://127.0.0.1:9400/x/", False),
    ],
)
def test_the_sandbox_is_allowed_at_its_own_origin_alone(settings: object, address: str, allowed: bool) -> None:
    settings.MCE_SANDBOX_URL = "http://127.0.0.1:9400"  # type: ignore[attr-defined]
    if allowed:
        assert own_address(address, subdomain="mc-northwind", part="soap") == f"{address}/"
    else:
        with pytest.raises(AddressRefused):
            own_address(address, subdomain="mc-northwind", part="soap")
