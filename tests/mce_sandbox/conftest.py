"""The sandbox as a process of its own, and clients of its business units."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.mce_sandbox.client import Mce


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A running sandbox, its queries quick."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mce_sandbox", "--port", str(port), "--query-ms", "20"]
    with subprocess.Popen(command) as process:
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert process.wait(10) in (0, -signal.SIGTERM)


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert process.poll() is None, "the sandbox ended"
        try:
            if httpx.get(f"{address}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the sandbox did not start"
            time.sleep(0.05)


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    """A connection to the sandbox; dials and faults are as they were at the start after each test."""
    with httpx.Client(base_url=address, timeout=30) as client:
        dials = client.get("/control/dials").json()
        yield client
        assert client.patch("/control/dials", json=dials).status_code == 200
        client.delete("/control/faults")
        client.post("/control/release")


@pytest.fixture
def mce(http: httpx.Client) -> Mce:
    """Northwind's first business unit."""
    return Mce(http)


@pytest.fixture
def globex(http: httpx.Client) -> Mce:
    """The other enterprise's business unit."""
    return Mce(http, 8002001, "globex-app")
