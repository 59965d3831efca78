"""One supervisor for one folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stack.errors import StackError

NAME = "stack.lock"


@contextmanager
def locked(var: Path) -> Iterator[None]:
    """Hold the folder `var`, with our process id in the file. Raises StackError when another process does."""
    with (var / NAME).open("a+") as file:
        if not _try(file):
            raise StackError(f"A stack already runs in {var} (process {holder(var)}); `make stop` stops it.")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder(var: Path) -> int | None:
    """The process that holds `var`, if any."""
    try:
        with (var / NAME).open("r+") as file:
            if _try(file):
                return None
            written = file.read()
            return int(written) if written.isdecimal() else None
    except FileNotFoundError:
        return None


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
