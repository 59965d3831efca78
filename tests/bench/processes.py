"""What the system's processes have used: CPU time and memory, from /proc."""

import os
from collections.abc import Mapping
from pathlib import Path

from tests.faults.system import System

TICKS = os.sysconf("SC_CLK_TCK")
MINE = "load"


def cpu(system: System) -> dict[str, float]:
    """Seconds of CPU by service, PostgreSQL with its sessions; `load` is this process, which makes the load."""
    found = {name: sum(map(cpu_of, family(pid))) for name, pid in pids(system).items()}
    return {**found, MINE: cpu_of(os.getpid())}


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {name: after[name] - before.get(name, 0.0) for name in after}


def memory(system: System) -> dict[str, float]:
    """MB by service; of what several of its processes share, each has its part (PSS)."""
    return {name: sum(map(memory_of, family(pid))) for name, pid in pids(system).items()}


def pids(system: System) -> dict[str, int]:
    return {name: child.pid for name, child in system.children.items() if child.pid is not None}


def family(pid: int) -> list[int]:
    """The process, and those that it has started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(each for child in children for each in family(int(child)))]


def cpu_of(pid: int) -> float:
    """User and system time, with that of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS


def memory_of(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(text.partition("\nPss:")[2].split()[0]) / 1024
