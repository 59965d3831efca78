"""What a look and a whole run cost, in CPU time, by part; beside the same texts and SQL sent by libraries alone."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from stack.child import ROOT
from tests.bench import processes
from tests.bench.crowd import submit_many, wait_for
from tests.bench.figures import Figure, Yardstick
from tests.bench.place import whole_system
from tests.bench.scale import Scale
from tests.faults.load import RUNS_A_USER, User
from tests.faults.system import System

IN_FLIGHT = 100
ROUNDS, ROUND_SECONDS, ROUND_RUNS = 3, 10, 100
# Each run is looked at every other second.
SETTINGS = {"RUN_LOOK_SECONDS": "2"}
BARE_ROUNDS, BARE_LOOKS, BARE_RUNS = 7, 50, 20
LOOKS = "SELECT sum(looks) FROM shell_query_run"
PARTS = ("zeep", "HTTP", "psycopg")
GOAL = "within 2x"


def measure(scale: Scale) -> Iterator[Figure]:
    in_flight, rounds, bare_rounds = scale.of((IN_FLIGHT, ROUNDS, BARE_ROUNDS), (10, 1, 1))
    runs, bare_runs = scale.of((ROUND_RUNS, BARE_RUNS), (10, 5))
    last = (1 + bare_rounds) * bare_runs
    users = (in_flight + rounds * runs + last) // RUNS_A_USER
    with whole_system(scale, users=users, settings=SETTINGS) as (system, people):
        system.sandbox.dial(query_ms=0)
        system.sandbox.hold()
        submit_many(system, people, in_flight)
        wait_for(system, in_flight, "stage = 'executing'")
        looks = [look_round(system, scale.of(ROUND_SECONDS, 3)) for _ in range(rounds)]
        yield from told("look", looks, bare(system, "look", scale.of(BARE_LOOKS, 10), bare_rounds))
        system.sandbox.release()
        wait_for(system, in_flight, "assets_cleaned_at IS NOT NULL")

        done = range(in_flight, in_flight + rounds * runs, runs)
        whole = [run_round(system, people[before // RUNS_A_USER :], runs, before) for before in done]
        with system.kept_down("worker"):
            submit_many(system, people[(in_flight + rounds * runs) // RUNS_A_USER :], last)
            yield from told("run", whole, bare(system, "run", bare_runs, bare_rounds))


def run_round(system: System, people: Sequence[User], runs: int, before: int) -> dict[str, float]:
    """Milliseconds a run, by service."""
    began = processes.cpu(system)
    submit_many(system, people, runs)
    wait_for(system, before + runs, "assets_cleaned_at IS NOT NULL")
    return {name: each / runs * 1000 for name, each in processes.spent(began, processes.cpu(system)).items()}


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


def bare(system: System, what: str, several: int, rounds: int) -> list[dict[str, float]]:
    """Measured while nobody else takes runs further."""
    with ExitStack() as stack:
        for name in ("ticker", "worker"):
            if name not in system.down:
                stack.enter_context(system.kept_down(name))
        command = [sys.executable, "-m", "tests.bench.bare", what, str(several), str(rounds)]
        done = subprocess.run(command, cwd=ROOT, env=system.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
    found: list[dict[str, float]] = json.loads(done.stdout)
    return found


def told(what: str, rounds: list[dict[str, float]], alone: list[dict[str, float]]) -> Iterator[Figure]:
    def each(name: str) -> tuple[float, ...]:
        return tuple(found[name] for found in alone)

    beside = Yardstick("the bare calls", each("bare"))
    worker = Figure(f"a {what} costs the worker", "ms CPU", tuple(found["worker"] for found in rounds), beside, GOAL)
    plain = Figure(f"a {what} by the engine's functions, without Celery", "ms CPU", each("plain"), beside, GOAL)
    yield from (worker, plain)
    for part in PARTS:
        yield Figure(f"a {what}: {part}", "ms CPU", each(part))
    rest = tuple(found["plain"] - sum(found[part] for part in PARTS) for found in alone)
    yield Figure(f"a {what}: Django and our own code", "ms CPU", rest)
    between = worker.median - plain.median
    yield Figure(f"a {what}: Celery, and threads that wait for each other", "ms CPU", (between,))
    for service in ("postgres", "sandbox", "api", "ticker", "valkey"):
        yield Figure(f"a {what} costs {service}", "ms CPU", tuple(found[service] for found in rounds))
    yield Figure(f"a {what}: calls to Marketing Cloud", "", each("calls"))
    yield Figure(f"a {what}: SQL statements", "", each("statements"))
