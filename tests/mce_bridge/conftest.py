"""A server of our own that misbehaves, and a business unit that is connected to it."""

import json
from collections.abc import Iterator

import pytest

from mce_bridge.account import Account
from mce_bridge.models import Connection
from mce_bridge.services import create_connection, open_account
from tests.cast import Cast
from tests.mce_bridge import hostile


@pytest.fixture
def server(settings: object) -> Iterator[hostile.Server]:
    """A server with the origin that the setting MCE_SANDBOX_URL allows."""
    with hostile.running() as running:
        settings.MCE_SANDBOX_URL = running.origin  # type: ignore[attr-defined]
        yield running


def token_answer(origin: str, token: str = "token-1", **changes: object) -> hostile.Answer:
    body = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 1079,
        "scope": "data_extensions_read",
        "soap_instance_url": f"{origin}/",
        "rest_instance_url": f"{origin}/",
    }
    return hostile.http(200, json.dumps(body | changes))


@pytest.fixture
def connection(cast: Cast, server: hostile.Server) -> Connection:
    return create_connection(
        tenant_id=cast.alice.caller.tenant_id,
        business_unit_id=cast.alice.caller.business_unit_id,
        client_id="an-app",
        client_secret="a-secret-of-the-app",
        auth_url=server.origin,
    )


@pytest.fixture
def account(cast: Cast, connection: Connection) -> Account:
    """Alice's, over client credentials."""
    caller = cast.alice.caller
    return open_account(
        tenant_id=caller.tenant_id,
        business_unit_id=caller.business_unit_id,
        user_id=caller.user_id,
    )


@pytest.fixture
def northwind(connected: Cast) -> Account:
    """Alice's business unit in the sandbox."""
    caller = connected.alice.caller
    return open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
