"""What a look and a whole run cost, in CPU time, by part; beside the same texts and SQL sent by libraries alone."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

from stack.child import ROOT
from tests.bench import processes
from tests.bench.crowd import submit_many, wait_for
from tests.bench.figures import Figure, Yardstick
from tests.bench.place import whole_system
from tests.bench.scale import Scale
from tests.faults.load import RUNS_A_USER
from tests.faults.system import System

IN_FLIGHT = 100
RUNS = 200
ROUNDS, ROUND_SECONDS = 3, 10
# Each run is looked at every other second.
SETTINGS = {"RUN_LOOK_SECONDS": "2"}
BARE_LOOKS, BARE_RUNS = 200, 50
LOOKS = "SELECT sum(looks) FROM shell_query_run"
PARTS = ("zeep", "HTTP", "psycopg")


def measure(scale: Scale) -> Iterator[Figure]:
    in_flight, runs, bare_runs = scale.of((IN_FLIGHT, RUNS, BARE_RUNS), (10, 10, 10))
    users = (in_flight + runs + bare_runs) // RUNS_A_USER
    with whole_system(scale, users=users, settings=SETTINGS) as (system, people):
        system.sandbox.dial(query_ms=0)
        system.sandbox.hold()
        submit_many(system, people, in_flight)
        wait_for(system, in_flight, "stage = 'executing'")
        rounds = [look_round(system, scale.of(ROUND_SECONDS, 3)) for _ in range(scale.of(ROUNDS, 1))]
        yield from told("look", rounds, bare(system, looks=scale.of(BARE_LOOKS, 10), runs=0)["look"])
        system.sandbox.release()
        wait_for(system, in_flight, "assets_cleaned_at IS NOT NULL")

        before = processes.cpu(system)
        submit_many(system, people[in_flight // RUNS_A_USER :], runs)
        wait_for(system, in_flight + runs, "assets_cleaned_at IS NOT NULL")
        used = processes.spent(before, processes.cpu(system))
        each = {name: seconds / runs * 1000 for name, seconds in used.items()}
        with system.kept_down("worker"):
            submit_many(system, people[(in_flight + runs) // RUNS_A_USER :], bare_runs)
            yield from told("run", [each], bare(system, looks=0, runs=bare_runs)["run"])


def look_round(system: System, seconds: float) -> dict[str, float]:
    """Milliseconds a look, by service."""
    before, looks = processes.cpu(system), count_looks(system)
    time.sleep(seconds)
    looks = count_looks(system) - looks
    return {name: each / looks * 1000 for name, each in processes.spent(before, processes.cpu(system)).items()}


def count_looks(system: System) -> int:
    with system.database() as database:
        row = database.execute(LOOKS).fetchone()
    return int(str(row[0])) if row else 0


def bare(system: System, *, looks: int, runs: int) -> dict[str, dict[str, float]]:
    """Measured while nobody else takes runs further."""
    with ExitStack() as stack:
        for name in ("ticker", "worker"):
            if name not in system.down:
                stack.enter_context(system.kept_down(name))
        command = [sys.executable, "-m", "tests.bench.bare", str(looks), str(runs)]
        done = subprocess.run(command, cwd=ROOT, env=system.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


def told(what: str, rounds: list[dict[str, float]], alone: dict[str, float]) -> Iterator[Figure]:
    name = f"a {what} costs the worker"
    worker = tuple(each["worker"] for each in rounds)
    beside = Yardstick("the bare calls", (alone["bare"],))
    yield Figure(name, "ms CPU", worker, beside, "within 2x")
    yield Figure(f"a {what} by the engine's functions, without Celery", "ms CPU", (alone["plain"],), beside)
    for part in PARTS:
        yield Figure(f"a {what}: {part}", "ms CPU", (alone[part],))
    rest = alone["plain"] - sum(alone[part] for part in PARTS)
    yield Figure(f"a {what}: Django and our own code", "ms CPU", (rest,))
    yield Figure(
        f"a {what}: Celery, and threads that wait for each other", "ms CPU", (rounds_median(worker) - alone["plain"],)
    )
    for service in ("postgres", "sandbox", "api", "ticker", "valkey"):
        yield Figure(f"a {what} costs {service}", "ms CPU", tuple(each[service] for each in rounds))
    yield Figure(f"a {what}: calls to Marketing Cloud", "", (alone["calls"],))
    yield Figure(f"a {what}: SQL statements", "", (alone["statements"],))


def rounds_median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]
