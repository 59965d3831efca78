"""Processes that outlived their supervisor: found again by id and command line, and ended."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from stack.errors import StackError
from stack.files import write_private_json


def command_line(pid: int) -> str:
    """The command line of a process, its words parted by blanks; empty when it is no more (or a zombie)."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()  # noqa: S607


def end(pid: int, known_as: str, first: signal.Signals = signal.SIGTERM, grace: float = 15) -> None:
    """End the process `pid` if `known_as` is in its command line, and wait until it is gone.

    A process id is given to another program sooner or later: it alone proves nothing.
    """
    for sign, seconds in ((first, grace), (signal.SIGKILL, 5.0)):
        if known_as not in command_line(pid):
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if known_as not in command_line(pid):
                return
            time.sleep(0.05)
    raise StackError(f"The process {pid} ({known_as}) does not end.")


def note(path: Path, pids: Iterable[int]) -> None:
    """Write down who runs, for the start after a crash."""
    noted = {str(pid): command_line(pid) for pid in pids}
    write_private_json(path, {pid: command for pid, command in noted.items() if command})


def end_noted(path: Path) -> None:
    """End those of the processes noted at `path` which still run; the last started goes first."""
    if not path.exists():
        return
    noted: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    for pid, command in reversed(noted.items()):
        end(int(pid), command, signal.SIGINT if "postgres" in Path(command.split()[0]).name else signal.SIGTERM)
    path.unlink()
