"""The worker that this process is: its name, under which it begins steps, and what waits in it."""

import socket

from celery.worker import state

# What stands in place of the name once that worker is known to have died. Celery's node names all have an "@".
GONE = "gone"

_name = socket.gethostname()


def name() -> str:
    """Celery's node name, `worker@host`; where no worker runs the host's."""
    return _name


def take_name(name: str) -> None:
    global _name
    _name = name


def waiting() -> int:
    """Messages that it has taken from the broker and not begun, for want of a slot; 0 in a pool's own process."""
    return len(state.reserved_requests) - len(state.active_requests)
