"""The whole system, started as its users start it, and called over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from stack.removal import remove
from tests.collector import Collector, collecting
from tests.journeys.client import Client
from tests.leaks import OF_SERVICES, Leaks, in_lines, secrets_of
from tests.sandbox import Sandbox
from tests.servers import without_servers

ROOT = Path(__file__).resolve().parents[2]
# As the stack shows what its processes write.
OF_SERVICE = re.compile(r"[a-z]+ +\| ")


@dataclass(frozen=True)
class System:
    """A running system: what var/stack.json says."""

    facts: dict[str, Any]
    var: Path

    def client(self, who: str) -> Client:
        """As "owner", "colleague" or "otherTenant"."""
        return Client(self.facts["api"], self.facts["apiKeys"][who])

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.facts["sandbox"])

    def pid(self, name: str) -> int:
        """Of the process that runs under this name now: a service that died was started again."""
        found: int = json.loads((self.var / "stack.json").read_text())["pids"][name]
        return found

    @contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """These processes stand still meanwhile."""
        pids = [self.pid(name) for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[System]:
    """It tells its spans, and none of all these journeys may hold SQL, a row, a token or a secret."""
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with started(tmp_path_factory.mktemp("journeys"), {**without_servers(), **told}) as system:
        yield system
        leaks = leaks_of(system.var)
    assert in_lines(collector.texts, leaks) == []


@contextmanager
def started(folder: Path, environment: Mapping[str, str]) -> Iterator[System]:
    """`python -m stack run` with its files in `folder`, stopped and gone with the block; its log stays."""
    var = folder / "var"
    try:
        with (folder / "stack.log").open("wb") as log, running(var, environment, log) as process:
            yield System(wait_until_ready(process, var), var)
        search(folder / "stack.log", var)
    finally:
        # Root's PostgreSQL keeps its data outside of a folder that is for its owner alone, as pytest's are.
        remove(var)


@contextmanager
def running(var: Path, environment: Mapping[str, str], log: IO[bytes]) -> "Iterator[subprocess.Popen[bytes]]":
    command = [sys.executable, "-m", "stack", "run", "--var", str(var)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=120)


def search(log: Path, var: Path) -> None:
    """What the processes wrote holds no SQL, row, token or secret. The stack itself tells its user the sample keys."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        written = (line for line in lines if OF_SERVICE.match(line))
        assert in_lines(written, leaks_of(var)) == []


def leaks_of(var: Path) -> Leaks:
    keys = json.loads((var / "keys.json").read_text())
    api_keys = json.loads((var / "samples.json").read_text())["apiKeys"]
    return Leaks({**secrets_of({}), **keys, **api_keys}, OF_SERVICES)


def wait_until_ready(process: "subprocess.Popen[bytes]", var: Path) -> dict[str, Any]:
    """The facts, once the system has written them."""
    while not (var / "stack.json").exists():
        try:
            code = process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"The system ended with {code}: {(var.parent / 'stack.log').read_text()[-3000:]}")
    facts: dict[str, Any] = json.loads((var / "stack.json").read_text())
    return facts


@pytest.fixture(autouse=True)
def ordinary_sandbox(system: System) -> Iterator[None]:
    """Each journey leaves the sandbox as it found it."""
    first = system.sandbox.dials()
    yield
    system.sandbox.start_over(first)


@pytest.fixture
def alice(system: System) -> Iterator[Client]:
    with system.client("owner") as client:
        yield client


@pytest.fixture
def bob(system: System) -> Iterator[Client]:
    with system.client("colleague") as client:
        yield client


@pytest.fixture
def mallory(system: System) -> Iterator[Client]:
    with system.client("otherTenant") as client:
        yield client
