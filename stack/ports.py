"""Ports on loopback: the one the environment names, the preferred one if it is free, or the next that is."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.files import check_own

# Where to look first, by the variable that names another port.
PREFERRED = {
    "API_PORT": 8000,
    "SANDBOX_PORT": 9400,
    "FLOWER_PORT": 5555,
    "POSTGRES_PORT": 54320,
    "REDIS_PORT": 63790,
}
# Tests leave those to the stacks people use.
FOR_TESTS = dict.fromkeys(PREFERRED, 20000)
TRIES = 1000


class Ports:
    """Hands out ports and keeps them claimed until it is closed: stacks that start together do not collide.

    A claim is a locked file named after the port. It is shared by this user's stacks alone: against all
    others there is only the look whether the port is free.
    """

    def __init__(self, environ: Mapping[str, str], preferred: Mapping[str, int] = PREFERRED) -> None:
        self._environ = environ
        self._preferred = preferred
        self._claims: list[IO[str]] = []
        self._folder = Path(tempfile.gettempdir()) / f"qspro-ports-{os.getuid()}"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        check_own(self._folder)

    def __enter__(self) -> "Ports":
        return self

    def __exit__(self, *_exception: object) -> None:
        for claim in self._claims:
            claim.close()

    def take(self, variable: str) -> int:
        """The port in the environment's `variable`, else the first free one from the preferred upwards."""
        wanted = self._environ.get(variable, "")
        if wanted:
            if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
                raise StackError(f"{variable} is a port: a number from 1 to 65535.")
            if not self._claim(int(wanted)):
                raise StackError(f"Port {wanted} ({variable}) is taken.")
            return int(wanted)
        preferred = self._preferred[variable]
        for port in range(preferred, min(preferred + TRIES, 65536)):
            if self._claim(port):
                return port
        raise StackError(f"No free port from {preferred} upwards; set {variable}.")

    def _claim(self, port: int) -> bool:
        file = (self._folder / str(port)).open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        if not is_free(port):
            file.close()
            return False
        self._claims.append(file)
        return True


def is_free(port: int) -> bool:
    """Whether nobody listens on the port. A connection still in TIME_WAIT is no reason against it."""
    with socket.socket() as visitor:
        visitor.settimeout(1)
        if visitor.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
