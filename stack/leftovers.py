"""Processes that outlived their supervisor: found again by their id and when they began, and ended."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.files import write_private_json

PROC = Path("/proc")
BOOT = PROC / "sys/kernel/random/boot_id"


def command_line(pid: int) -> str:
    """The command line of a process, its words parted by blanks; empty when it is no more (or a zombie)."""
    if (PROC / "self").exists():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()  # noqa: S607


def began(pid: int) -> str:
    """When a process began, as this machine tells it; empty when it is no more (or a zombie).

    A process id is given to another program sooner or later: only together with this it names a process.
    """
    if (PROC / "self").exists():
        try:
            # The name in parentheses may hold anything: state and times come after the last of them.
            told = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if told[0] == "Z" else f"{BOOT.read_text().strip()} {told[19]}"
    told_by_ps = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S607
    state, _, moment = told_by_ps.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else moment.strip()


def end(pid: int, since: str, first: signal.Signals = signal.SIGTERM, grace: float = 15) -> None:
    """End the process `pid` that began at `since`, and wait until it is gone."""
    for sign, seconds in ((first, grace), (signal.SIGKILL, 5.0)):
        if began(pid) != since:
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if began(pid) != since:
                return
            time.sleep(0.05)
    raise StackError(f"The process {pid} ({command_line(pid)}) does not end.")


def note(path: Path, pids: Mapping[str, int]) -> None:
    """Write down who runs, by name, for the start after a crash."""
    noted = {name: {"pid": pid, "began": since} for name, pid in pids.items() if (since := began(pid))}
    write_private_json(path, noted)


def end_noted(path: Path) -> None:
    """End those of the processes noted at `path` which still run; the last started goes first."""
    if not path.exists():
        return
    noted: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for name, process in reversed(noted.items()):
        end(process["pid"], process["began"], signal.SIGINT if name == "postgres" else signal.SIGTERM)
    path.unlink()
