"""The log of the stack: each line with the name of the service it comes from."""

import subprocess
import threading
from typing import IO, TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
WIDTH = 8


class Journal:
    """Passes on what the processes write, a thread each, line by line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._coloured = out.isatty()
        self._colours: dict[str, int] = {}
        self._lock = threading.Lock()
        self._readers: dict[int, threading.Thread] = {}

    def follow(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Pass on all the process writes until it closes its output."""
        assert process.stdout is not None
        reader = threading.Thread(target=self._pass_on, args=(name, process.stdout), daemon=True)
        reader.start()
        self._readers[process.pid] = reader

    def finish(self, process: subprocess.Popen[bytes]) -> None:
        """Let the last lines of a process that ended come out. One of its children may hold the pipe open longer."""
        if reader := self._readers.pop(process.pid, None):
            reader.join(timeout=1)

    def say(self, name: str, text: str) -> None:
        """Write a line of the supervisor's own about a service."""
        self._write(name, f"-- {text}")

    def print(self, text: str = "") -> None:
        """Write a line without a prefix."""
        self._put(f"{text}\n")

    def _pass_on(self, name: str, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                if text := line.decode(errors="replace").rstrip():
                    self._write(name, text)

    def _write(self, name: str, text: str) -> None:
        prefix = f"{name:{WIDTH}} |"
        if self._coloured:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            prefix = f"\033[{colour}m{prefix}\033[0m"
        self._put(f"{prefix} {text}\n")

    def _put(self, text: str) -> None:
        with self._lock:
            try:
                self._out.write(text)
                self._out.flush()
            except OSError:
                # Nobody reads any more (a closed terminal): the processes must not stall because of that.
                return
