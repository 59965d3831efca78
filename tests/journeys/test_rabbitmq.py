"""With RabbitMQ as Celery's broker: a run goes its way, its rings are taken, and without the broker nothing is lost."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from amqp import Connection

from leases.rooms import Room
from stack.ports import FOR_TESTS, Ports
from tests.journeys.conftest import System, started
from tests.journeys.test_run import STEPS
from tests.servers import without_servers

# Debian's own command in /usr/sbin is for the system's one server.
PROGRAM = shutil.which("rabbitmq-server", path=f"/usr/lib/rabbitmq/bin:{os.environ.get('PATH', '')}")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(PROGRAM is None, reason="rabbitmq-server is not installed"),
]


class RabbitMQ:
    """A server of its own, with its own name service (epmd), which ends with it."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        names = ("POSTGRES_PORT", "REDIS_PORT", "API_PORT")
        self.port, distribution, epmd = (ports.take(name) for name in names)
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"qspro-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        assert PROGRAM is not None
        self.names = subprocess.Popen(["epmd"], env=self.env)
        self.process = subprocess.Popen([PROGRAM], env=self.env, stdout=subprocess.DEVNULL, start_new_session=True)
        while not self.answers():
            assert self.process.poll() is None, "rabbitmq-server ended by itself"
            time.sleep(0.2)

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def answers(self) -> bool:
        try:
            with Connection(f"127.0.0.1:{self.port}", connect_timeout=2):
                return True
        except OSError:
            return False

    def waiting(self, queue: str) -> int:
        with Connection(f"127.0.0.1:{self.port}") as connection:
            channel: Any = connection.channel()  # its types know tuples alone
            return int(channel.queue_declare(queue, passive=True).message_count)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Its connections stand, and nothing comes over them."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        for process in (self.process, self.names):
            process.terminate()
            process.wait()


@pytest.fixture(scope="module")
def rabbit() -> Iterator[RabbitMQ]:
    with tempfile.TemporaryDirectory(prefix="qspro-") as folder, Ports({}, preferred=FOR_TESTS) as ports:
        rabbit = RabbitMQ(Path(folder), ports)
        yield rabbit
        if rabbit.process.poll() is None:
            rabbit.stop()


@pytest.fixture(scope="module")
def system(rabbit: RabbitMQ, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("rabbitmq")
    with started(folder, {**without_servers(), "CELERY_BROKER_URL": rabbit.url}) as system:
        yield system


def test_a_run_goes_its_way_and_its_rings_are_taken(system: System, rabbit: RabbitMQ) -> None:
    with system.client("owner") as alice:
        run, frames = alice.run("SELECT TOP 60 CustomerID FROM Customers ORDER BY CustomerID")
        assert [frame.step for frame in frames] == STEPS
        assert alice.rows(run, 2) == [[number] for number in range(51, 61)]
    assert [rabbit.waiting(queue) for queue in ("runs", "tick", "upkeep")] == [0, 0, 0]


def test_a_broker_that_falls_silent_keeps_nobody_who_submits_and_runs_go_on_once_it_speaks(
    system: System, rabbit: RabbitMQ
) -> None:
    with system.client("owner") as alice:
        with rabbit.silent():
            runs = [alice.submit("SELECT TOP 1 Email FROM Customers") for _ in range(3)]
            time.sleep(Room.OLD_SECONDS)  # what was known of the queue is too old now
            runs += [alice.submit("SELECT TOP 1 Email FROM Customers") for _ in range(3)]
        assert [alice.follow(run)[-1].data["status"] for run in runs] == ["ready"] * 6


def test_without_the_broker_a_submission_is_taken_all_the_same(system: System, rabbit: RabbitMQ) -> None:
    rabbit.stop()
    with system.client("owner") as alice:
        run = alice.submit("SELECT TOP 1 Email FROM Customers")
        assert alice.get(run)["status"] == "queued"
        assert alice.cancel(run).json()["status"] == "canceled"
