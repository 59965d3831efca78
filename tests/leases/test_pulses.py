"""A real worker shows that it lives, and loses its Redis without a traceback."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis

from stack.ports import FOR_TESTS, Ports
from tests.valkey import Valkey

WORKER = ("worker", "--without-gossip", "--without-mingle", "-P", "threads", "-c", "1", "-Q", "runs", "-n", "w@pulses")


@dataclass
class Worker:
    process: "subprocess.Popen[bytes]"
    valkey: Valkey
    ready: Path
    log: Path

    def until(self, is_so: Callable[[], bool]) -> None:
        ends = time.monotonic() + 60
        while not is_so():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < ends, self.log.read_text()
            time.sleep(0.1)

    def show_life(self) -> None:
        """Its first sign of life comes before it has told of itself to Redis, for which it waits as long as it takes;
        another one comes after that."""
        self.until(lambda: self.pulses() == ["queue-runs"])
        touched = self.ready.stat().st_mtime
        self.until(lambda: self.ready.stat().st_mtime > touched)

    def pulses(self) -> list[str]:
        with Redis.from_url(self.valkey.url) as client:
            return sorted(key.decode().rpartition(":")[2] for key in client.keys("*pulse:*"))

    def events(self) -> list[str]:
        """Of its log, once it is read as JSON; the last may be half written."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line)["event"] for line in lines if line.startswith("{")]


@pytest.fixture
def worker(tmp_path: Path, database: None) -> Iterator[Worker]:
    """With a Redis of its own."""
    with Ports({}, preferred=FOR_TESTS) as ports, (tmp_path / "log").open("wb") as log:
        valkey, ready = Valkey(tmp_path, ports.take("REDIS_PORT")), tmp_path / "ready"
        changes = {
            "REDIS_URL": valkey.url,
            "CELERY_BROKER_URL": valkey.url,
            "READY_FILE": str(ready),
            "LOG_FORMAT": "json",
            "CELERY_SKIP_CHECKS": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "celery_app", *WORKER],
            env=os.environ | changes,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        yield Worker(process, valkey, ready, tmp_path / "log")
        process.terminate()
        process.wait(timeout=60)
        valkey.kill()


def test_a_worker_shows_life_for_its_queues_and_touches_its_file_again_and_again(worker: Worker) -> None:
    worker.show_life()


def test_a_redis_that_goes_and_comes_again_is_told_in_single_lines(worker: Worker) -> None:
    worker.show_life()
    worker.valkey.kill()
    worker.until(lambda: "The Redis for signs of life is away: ConnectionError" in worker.events())
    worker.valkey.start()
    worker.until(lambda: worker.pulses() == ["queue-runs"])
    worker.until(lambda: any("is back after" in event for event in worker.events()))
    assert [event.partition(":")[0] for event in worker.events() if "signs of life is away" in event] == [
        "The Redis for signs of life is away"
    ]
    assert "Traceback" not in worker.log.read_text()


def test_a_redis_that_takes_no_writes_for_a_while_ends_no_worker(worker: Worker) -> None:
    """As in a failover: the one that was the first can only be read until clients are led to the other."""
    worker.show_life()
    with Redis.from_url(worker.valkey.url) as client:
        client.replicaof("127.0.0.1", "1")
        worker.until(lambda: "Frequent restarts detected: RestartFreqExceeded" in worker.events())
        client.replicaof("NO", "ONE")
    worker.until(lambda: any("is back after" in event for event in worker.events()))
    worker.show_life()
    told = [event for event in worker.events() if event.endswith(("ReadOnlyError", "RestartFreqExceeded"))]
    assert sorted(told) == [
        "Cannot connect to: ReadOnlyError",
        "Frequent restarts detected: RestartFreqExceeded",
        "The Redis for signs of life is away: ReadOnlyError",
    ]
    assert "Traceback" not in worker.log.read_text()
