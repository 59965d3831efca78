"""How many runs one worker of 50 slots, one API process and the sandbox hold on this machine.

All queries wait in Marketing Cloud. More and more runs are looked at, at the intervals that are shipped, and it is
measured how late the looks are. On the way: how soon a run's first call arrives while others are looked at, and how
the runs come back after the worker's death.
"""

import time
from collections.abc import Generator, Iterator, Sequence

from tests.bench import processes
from tests.bench.crowd import submit_many, wait_for
from tests.bench.figures import Figure, at
from tests.bench.place import whole_system
from tests.bench.recovery import kill_and_count
from tests.bench.scale import Scale
from tests.bench.starting import first_calls
from tests.bench.watching import Watch, watched
from tests.faults.load import RUNS_A_USER, User
from tests.faults.system import System

LEVELS = (500, 1000, 3000, 5000, 10_000)
# The last interval of looks, so that after it every run has come to it.
SETTLE_SECONDS = 35
WINDOWS, WINDOW_SECONDS = 3, 30
# Of these many users, runs are started while the others' are in flight.
STARTERS = 40
# When looks are so late at p99, more runs are not tried.
TOO_LATE_SECONDS = 30.0


def measure(scale: Scale) -> Iterator[Figure]:
    levels = scale.of(LEVELS, (20, 40))
    count = levels[-1] // RUNS_A_USER
    with whole_system(scale, users=count + STARTERS) as (system, people), watched(system) as watch:
        users, starters = people[:count], people[count:]
        yield from starts(system, starters[:20], scale, "idle", "p95 under 150")
        system.sandbox.hold()
        there, empty = 0, processes.memory(system)
        for number, level in enumerate(levels):
            submit_many(system, users[there // RUNS_A_USER :], level - there)
            wait_for(system, there := level, "stage = 'executing'")
            late = yield from looks(system, watch, scale, level)
            yield from weigh(system, empty, level)
            if number == 0:
                yield from kill_and_count(system, watch, level)
            if number == 1:
                yield from starts(system, starters[20:], scale, f"{level} in flight", "p95 under 1,000")
                there += len(starters[20:])
            if late > TOO_LATE_SECONDS:
                return


def looks(system: System, watch: Watch, scale: Scale, level: int) -> Generator[Figure, None, float]:
    """Yields how late the looks are; the value is their median p99."""
    time.sleep(scale.of(SETTLE_SECONDS, 1))
    late: list[list[float]] = []
    used: dict[str, list[float]] = {}
    for _ in range(scale.of(WINDOWS, 1)):
        since, before, began = watch.now(), processes.cpu(system), time.monotonic()
        time.sleep(scale.of(WINDOW_SECONDS, 5))
        seconds = time.monotonic() - began
        for name, spent in processes.spent(before, processes.cpu(system)).items():
            used.setdefault(name, []).append(spent / seconds)
        # Of what was due in the window nothing may have been begun in it.
        late.append(watch.late(since) or [seconds])
    figure = Figure(
        f"{level} runs in flight: looks late by, p99", "s", tuple(at(0.99, each) for each in late), goal="at most 2"
    )
    yield figure
    yield Figure(f"{level} runs in flight: looks late by, p50", "s", tuple(at(0.5, each) for each in late))
    rate = tuple(len(each) / scale.of(WINDOW_SECONDS, 5) for each in late)
    yield Figure(f"{level} runs in flight: looks", "a second", rate)
    for name in ("worker", "postgres", "sandbox"):
        yield Figure(f"{level} runs in flight: {name}", "cores", tuple(used[name]))
    return figure.median


def weigh(system: System, empty: dict[str, float], level: int) -> Iterator[Figure]:
    full = processes.memory(system)
    for name in ("worker", "api", "postgres"):
        grown = (full[name] - empty[name]) / level * 1000
        yield Figure(f"{level} runs in flight: {name}'s memory for each 1,000", "MB", (grown,))


def starts(system: System, users: Sequence[User], scale: Scale, name: str, goal: str) -> Iterator[Figure]:
    found = first_calls(system, users[: scale.of(len(users), 3)])
    for part in (0.5, 0.95):
        yield Figure(
            f"from submission to the first call, {name}, p{part * 100:.0f}",
            "ms",
            (at(part, found),),
            goal=goal if part > 0.5 else "",
        )
