"""Old and new processes side by side: what a worker does not understand it drops, and the run is rung for again."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis

from leases.ringing import tick
from tests.cast import Cast
from tests.shell_query.driver import look_up, submit

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("-m", "celery", "-A", "celery_app", "worker", "-P", "threads", "-c", "4", "-Q", "runs")
# A run takes seconds with these.
QUICK = {"RUN_LOOK_SECONDS": "0.2", "RUN_CONFIRM_SECONDS": "0.2", "CELERY_SKIP_CHECKS": "1"}


def with_a_new_argument(message: dict[str, Any]) -> None:
    args, kwargs, embedded = json.loads(base64.b64decode(message["body"]))
    changed = [args, {**kwargs, "priority": "high"}, embedded]
    message["body"] = base64.b64encode(json.dumps(changed).encode()).decode()


def for_a_new_task(message: dict[str, Any]) -> None:
    message["headers"]["task"] = "shell_query.advance_run_in_another_way"


RELEASES: list[Callable[[dict[str, Any]], None]] = [with_a_new_argument, for_a_new_task]


def as_a_new_release_rings(redis: Redis) -> int:
    """Changes the messages that wait; how many there were."""
    waiting = [json.loads(raw) for raw in redis.lrange("runs", 0, -1)]
    for change, message in zip(RELEASES, waiting, strict=True):
        change(message)
    redis.delete("runs")
    redis.rpush("runs", *map(json.dumps, waiting))
    return len(waiting)


def test_what_an_old_worker_does_not_understand_is_dropped_and_the_run_is_done_all_the_same(
    connected: Cast, redis: Redis, tmp_path: Path
) -> None:
    alice = connected.alice.caller
    runs = [submit(alice, "SELECT StoreID FROM Stores") for _ in RELEASES]
    assert as_a_new_release_rings(redis) == len(RELEASES)
    log = tmp_path / "worker.log"
    with log.open("wb") as lines:
        environment = {**os.environ, **QUICK}
        worker = subprocess.Popen([sys.executable, *WORKER], cwd=ROOT, env=environment, stderr=lines)
    while redis.llen("runs"):
        assert worker.poll() is None
        time.sleep(0.1)
    while {look_up(alice, run_id).status for run_id in runs} != {"ready"}:
        assert worker.poll() is None
        tick()
        time.sleep(0.1)
    worker.terminate()
    assert worker.wait(timeout=60) == 0
    said = log.read_text()
    assert said.count("A message for shell_query.advance_run that this release does not understand was dropped.") == 1
    assert said.count("Received unregistered task of type 'shell_query.advance_run_in_another_way'") == 1
