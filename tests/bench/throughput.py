"""Whole runs a second: short queries of many users, from submission to ready, without latency in the sandbox.

Once with the waits that are shipped, and once with waits so short that only the work counts.
"""

import time
from collections.abc import Iterator

from tests.bench import processes
from tests.bench.crowd import submit_many, wait_for
from tests.bench.figures import Figure
from tests.bench.place import whole_system
from tests.bench.scale import Scale
from tests.faults.load import RUNS_A_USER

RUNS = 1000
SHORT = {"RUN_LOOK_SECONDS": "0.1,0.2", "RUN_CONFIRM_SECONDS": "0.2"}


def measure(scale: Scale) -> Iterator[Figure]:
    yield from runs_a_second(scale, "looks after 2, 4, 8 s", {}, "50")
    if not scale.smoke:
        yield from runs_a_second(scale, "without waits", SHORT, "100")


def runs_a_second(scale: Scale, name: str, settings: dict[str, str], goal: str) -> Iterator[Figure]:
    runs = scale.of(RUNS, 10)
    with whole_system(scale, users=runs // RUNS_A_USER, settings=settings) as (system, users):
        system.sandbox.dial(query_ms=0)
        before, began = processes.cpu(system), time.monotonic()
        submit_many(system, users, runs)
        wait_for(system, runs, "status = 'ready'")
        seconds = time.monotonic() - began
        wait_for(system, runs, "assets_cleaned_at IS NOT NULL")
        used = processes.spent(before, processes.cpu(system))
    yield Figure(f"{runs} runs, {name}", "a second", (runs / seconds,), goal=goal)
    for part in ("worker", "postgres", "api", "sandbox"):
        yield Figure(f"{runs} runs, {name}: CPU of {part} for a run", "ms", (used[part] / runs * 1000,))
    ours = sum(spent for part, spent in used.items() if part not in ("sandbox", processes.MINE))
    yield Figure(f"{runs} runs, {name}: CPU of all but the sandbox for a run", "ms", (ours / runs * 1000,))
