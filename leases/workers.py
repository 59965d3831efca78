"""The worker that this process is: its name, under which it begins steps, what waits in it, and whether it ends."""

import socket
from typing import Any

from celery.concurrency.thread import TaskPool
from celery.worker import state

# What stands in place of the name once that worker is known to have died. Celery's node names all have an "@".
GONE = "gone"

_name = socket.gethostname()
_has_threads = False


def name() -> str:
    """Celery's node name, `worker@host`; where no worker runs the host's."""
    return _name


def take_name(name: str) -> None:
    global _name
    _name = name


def waiting() -> int:
    """Messages that it has taken from the broker and not begun, for want of a slot; 0 in a pool's own process."""
    return len(state.reserved_requests) - len(state.active_requests)


def has_threads() -> bool:
    """Whether its slots are threads of this process, which know what the others do."""
    return _has_threads


def take_pool(pool: Any) -> None:
    global _has_threads
    _has_threads = isinstance(pool, TaskPool)


def is_ending() -> bool:
    """Whether it was asked to end: it takes no more messages then, and waits for its slots."""
    return any(asked is not None and asked is not False for asked in (state.should_stop, state.should_terminate))
