"""Messages as no broker promises not to deliver them: twice, late, for nobody, and of another release."""

import base64
import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from celery import Celery

if TYPE_CHECKING:
    from tests.faults.scenarios import Trial

QUEUE = "runs"
TASK = "shell_query.advance_run"
KEPT = "faults:kept"


def double(trial: "Trial") -> None:
    """Each waiting message is put in once more."""
    copy_waiting(trial, QUEUE)


def keep(trial: "Trial") -> None:
    """Copies of messages on their way are put aside."""
    trial.system.redis().delete(KEPT)
    copy_waiting(trial, KEPT)


def copy_waiting(trial: "Trial", into: str) -> None:
    """The worker stands still for moments, in which the messages that wait for it can be seen."""
    trial.system.sandbox.release()
    redis = trial.system.redis()
    for _ in range(20):
        with trial.system.frozen("worker"):
            time.sleep(0.7)
            for message in redis.lrange(QUEUE, 0, -1):
                redis.lpush(into, again(message))
        time.sleep(0.5)


def deliver_kept(trial: "Trial") -> None:
    redis = trial.system.redis()
    if not redis.llen(KEPT):
        raise RuntimeError("No message was caught on its way.")
    while redis.lmove(KEPT, QUEUE, "LEFT", "LEFT"):
        continue
    wait_until_empty(trial)


def send_strange(trial: "Trial") -> None:
    """What an earlier or a later release, or somebody with a console, might send."""
    app = Celery(broker=trial.system.env["REDIS_URL"], set_as_current=False)
    ids = {"tenant_id": str(uuid4()), "row_id": str(uuid4())}
    strange: list[dict[str, Any]] = [
        {"kwargs": {**ids, "claim_token": str(uuid4())}},
        {"kwargs": {**ids, "claim_token": None}},
        {"kwargs": {**ids, "claim_token": str(uuid4()), "attempt": 3}},
        {"kwargs": {"run_id": ids["row_id"]}},
        {"kwargs": {**ids, "claim_token": "not a token"}},
        {"args": [ids["row_id"]]},
        {},
    ]
    for _ in range(20):
        for arguments in strange:
            app.send_task(TASK, queue=QUEUE, **arguments)
        app.send_task("shell_query.poll_run", queue=QUEUE, kwargs=ids)
    app.close()
    wait_until_empty(trial)


def wait_until_empty(trial: "Trial") -> None:
    redis = trial.system.redis()
    while redis.llen(QUEUE):
        time.sleep(0.1)
    time.sleep(2)


def again(message: bytes | str) -> bytes:
    """The same message with an identity of its own, so that no one drops it for its age or as one already seen."""
    envelope = json.loads(message)
    envelope["headers"]["expires"] = None
    envelope["properties"]["delivery_tag"] = str(uuid4())
    assert base64.b64decode(envelope["body"])
    return json.dumps(envelope).encode()
