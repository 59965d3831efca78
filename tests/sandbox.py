"""The sandbox as a test holds it: a process of its own, with its dials, faults and log of calls."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx


@dataclass(frozen=True)
class Sandbox:
    url: str

    def dial(self, **values: Any) -> None:
        """Turns dials (mce_sandbox/control/dials.py)."""
        self.ask("PATCH", "dials", values)

    def fault(self, operation: str, kind: str, **how: Any) -> None:
        """Orders a fault (mce_sandbox/control/faults.py)."""
        self.ask("POST", "faults", {"operation": operation, "kind": kind, **how})

    def calls(self, operation: str = "", object_type: str = "") -> list[dict[str, Any]]:
        """What was asked of it since the test began, oldest first."""
        found: list[dict[str, Any]] = self.ask("GET", f"calls?operation={operation}&object_type={object_type}")["calls"]
        return found

    def hold(self) -> None:
        """Queries that would finish wait for `release()`."""
        self.ask("POST", "hold")

    def release(self) -> None:
        self.ask("POST", "release")

    def faults(self) -> list[dict[str, Any]]:
        """Those still to come."""
        found: list[dict[str, Any]] = self.ask("GET", "faults")["faults"]
        return found

    def forget_faults(self) -> None:
        self.ask("DELETE", "faults")

    def start_over(self, first_dials: dict[str, Any]) -> None:
        """Dials, faults and log as at the start. Data extensions stay: each run makes its own."""
        self.ask("PATCH", "dials", first_dials)
        self.release()
        self.forget_faults()
        self.ask("DELETE", "calls")

    def dials(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", "dials")
        return found

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(method, f"{self.url}/control/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running(url: str) -> Iterator[Sandbox]:
    """`python -m mce_sandbox` at this address, ended with the block."""
    command = [sys.executable, "-m", "mce_sandbox", "--host", "127.0.0.1", "--port", str(urlsplit(url).port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(process, url)
        yield Sandbox(url)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_healthy(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"The sandbox ended with {process.returncode}.")
        try:
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("The sandbox does not answer.")
