"""One supervisor for one folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.leftovers import began

NAME = "stack.lock"


@contextmanager
def locked(var: Path) -> Iterator[None]:
    """Hold the folder `var`; the file says who does, and since when. Raises StackError when another process does."""
    with (var / NAME).open("a+") as file:
        if not _try(file):
            raise StackError(f"A stack already runs in {var} (process {holder(var)}); `make stop` stops it.")
        file.truncate(0)
        file.write(f"{os.getpid()} {began(os.getpid())}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder(var: Path) -> int | None:
    """The process that holds `var`, if any. One that was killed has left its id, which may be anybody's by now."""
    try:
        with (var / NAME).open("r+") as file:
            if _try(file):
                return None
            pid, _, since = file.read().partition(" ")
            return int(pid) if pid.isdecimal() and began(int(pid)) == since else None
    except FileNotFoundError:
        return None


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
