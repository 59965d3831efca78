"""The name of the worker that this process is, under which it begins steps."""

import socket

# What stands in place of the name once that worker is known to have died. Celery's node names all have an "@".
GONE = "gone"

_name = socket.gethostname()


def name() -> str:
    """Celery's node name, `worker@host`; where no worker runs the host's."""
    return _name


def take_name(name: str) -> None:
    global _name
    _name = name
