"""SIGKILL of the only worker: how soon all runs are looked at again."""

import time
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.watching import Watch
from tests.faults.system import System

PATIENCE = 120.0
# A message that is on its way to the old worker in the moment of its death is lost with it.
DYING_SECONDS = 0.5
HELD = "SELECT id FROM shell_query_run WHERE claim_token IS NOT NULL AND wake_at > now()"
# What came due while there was no worker: claimed meanwhile or afterwards, and nobody had it when the old one died.
OVERDUE = """
SELECT extract(epoch FROM max(first) - to_timestamp(%s))
  FROM (SELECT min(begun.at) AS first
          FROM bench_claims AS claimed JOIN bench_begins AS begun USING (run_id, claims)
         WHERE claimed.at > to_timestamp(%s) AND claimed.due <= to_timestamp(%s)
         GROUP BY run_id, claims) AS begins
"""
TAKEN_UP = """
SELECT count(DISTINCT run_id) FROM bench_begins WHERE at > to_timestamp(%s) AND run_id = ANY (%s::uuid[])
"""


def kill_and_count(system: System, watch: Watch, level: int) -> Iterator[Figure]:
    held = wait_for_a_full_hand(system)
    killed = watch.now()
    kill_and_wait(system, "worker")
    ready = watch.now()
    yield Figure(f"{level} in flight, the worker killed: another one is ready", "s", (ready - killed,))
    until = time.monotonic() + PATIENCE
    while watch.ask(TAKEN_UP, killed, held)[0] < len(held):
        if time.monotonic() > until:
            raise TimeoutError("What the dead worker held is not taken up again.")
        time.sleep(0.1)
    again = watch.now() - killed
    name = f"{level} in flight, the worker killed: all that it held are looked at"
    yield Figure(name, "s", (again,), goal="45")
    overdue = max(0.0, *watch.ask(OVERDUE, ready, killed + DYING_SECONDS, ready))
    yield Figure(
        f"{level} in flight, the worker killed: what was overdue, once it is ready", "s", (overdue,), goal="under 2"
    )


def wait_for_a_full_hand(system: System) -> list[str]:
    """The runs that are being looked at, at a moment when there are some."""
    with system.database() as database:
        while True:
            held = [str(row[0]) for row in database.execute(HELD)]
            if held:
                return held
            time.sleep(0.02)


def kill_and_wait(system: System, name: str) -> None:
    """Until another process is ready in its place."""
    child, pid = system.children[name], system.children[name].pid
    system.kill(name)
    until = time.monotonic() + PATIENCE
    while child.pid in (pid, None) or not system.is_ready(name):
        if time.monotonic() > until:
            raise TimeoutError(f"{name} does not come back.")
        time.sleep(0.01)
