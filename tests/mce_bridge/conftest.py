"""A server of our own that misbehaves, and a business unit that is connected to it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
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


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[str]:
    """The origin of a sandbox of its own for these tests, which turn its dials."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mce_sandbox", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(process, f"{origin}/healthz")
        yield origin
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_ready(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(600):
        assert process.poll() is None, "the sandbox ended"
        try:
            assert httpx.get(url).status_code == 200
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the sandbox is not ready")


@pytest.fixture
def control(sandbox_process: str, settings: object) -> Iterator[httpx.Client]:
    """The sandbox's control API. Its dials are as at its start, its queries quick; what tests made in it stays."""
    settings.MCE_SANDBOX_URL = sandbox_process  # type: ignore[attr-defined]
    with httpx.Client(base_url=f"{sandbox_process}/control/") as client:
        dials = client.get("dials").json()
        client.patch("dials", json={"query_ms": 100, "queued_ms": 10}).raise_for_status()
        yield client
        client.delete("faults").raise_for_status()
        client.patch("dials", json=dials).raise_for_status()


@pytest.fixture
def northwind(cast: Cast, sandbox_process: str, control: httpx.Client) -> Account:
    """Alice's business unit in the sandbox."""
    caller = cast.alice.caller
    create_connection(
        tenant_id=caller.tenant_id,
        business_unit_id=caller.business_unit_id,
        client_id="northwind-app",
        client_secret="northwind-secret-for-the-sandbox",
        auth_url=sandbox_process,
    )
    return open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
