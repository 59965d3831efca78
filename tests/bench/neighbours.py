"""One tenant's five hundred runs on a slow Marketing Cloud, and what another tenant notices of them.

The quiet tenant runs a query again and again: alone, beside the five hundred, and beside five hundred that Marketing
Cloud throttles. Each call takes the quiet one as long as the noisy one.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.bench.figures import Figure, Yardstick
from tests.bench.place import whole_system
from tests.bench.scale import Scale
from tests.faults.__main__ import SETTINGS
from tests.faults.evidence import count_open
from tests.faults.judge import Kind
from tests.faults.load import RUNS_A_USER, Asked, User, patient, submit
from tests.faults.system import System

NOISY_RUNS = 500
# The sandbox's three business units get these in turn; two of them are the noisy tenant's.
USERS = 3 * NOISY_RUNS // RUNS_A_USER // 2
QUIET_MID = 8002001
ROUNDS = 10
LATENCY_MS = 300
# A business unit's calls a second before Marketing Cloud throttles it: more than one run needs, far less than many do.
THROTTLED_AT = 8


@dataclass(frozen=True)
class Round:
    """One run of the quiet tenant: milliseconds from its submission."""

    queued: float
    total: float


def measure(scale: Scale) -> Iterator[Figure]:
    users = scale.of(USERS, 6)
    with whole_system(scale, users=users, settings=SETTINGS) as (running, people):
        quiet = next(user for user in people if user.mid == QUIET_MID)
        noisy = [user for user in people if user.mid != QUIET_MID]
        with dialled(running):
            alone = rounds(running, quiet, scale.of(ROUNDS, 1))
        for throttled in (0, THROTTLED_AT):
            with dialled(running, calls_per_second=throttled), crowd(running, noisy) as asked:
                beside = rounds(running, quiet, scale.of(ROUNDS, 1))
                if not (scale.smoke or count_open(running, asked)):
                    raise RuntimeError("The noisy tenant's runs have ended before the quiet one's.")
            name = f"a quiet tenant beside {len(asked)} {'throttled ' if throttled else ''}runs"
            yield figure(f"{name}: first step", "queued", beside, alone)
            yield figure(f"{name}: ready", "total", beside, alone)


def figure(name: str, part: str, beside: Sequence[Round], alone: Sequence[Round]) -> Figure:
    found, yardstick = (tuple(getattr(each, part) for each in several) for several in (beside, alone))
    return Figure(name, "ms", found, Yardstick("alone", yardstick), "as alone")


@contextmanager
def dialled(system: System, **dials: Any) -> Iterator[None]:
    before = system.sandbox.dials()
    system.sandbox.dial(latency_ms=LATENCY_MS, **dials)
    try:
        yield
    finally:
        system.sandbox.dial(**before)


@contextmanager
def crowd(system: System, users: Sequence[User]) -> Iterator[list[Asked]]:
    """Each user's ten runs, canceled afterwards."""
    asked = [Asked(user, Kind.TEMP) for user in users for _ in range(RUNS_A_USER)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: submit_one(system, each), asked))
        yield asked
        system.sandbox.dial(latency_ms=0, calls_per_second=0)
        list(pool.map(lambda each: patient(each.user, system.api, "POST", f"/api/runs/{each.run_id}/cancel"), asked))
    while count_open(system, asked):
        time.sleep(0.5)


def submit_one(system: System, asked: Asked) -> None:
    with httpx.Client(base_url=system.api, headers=asked.user.headers, timeout=60) as http:
        asked.run_id = submit(http, asked)


def rounds(system: System, quiet: User, several: int) -> list[Round]:
    return [one_round(system, quiet) for _ in range(several)]


def one_round(system: System, quiet: User) -> Round:
    asked = Asked(quiet, Kind.TEMP)
    submit_one(system, asked)
    with httpx.Client(base_url=system.api, headers=quiet.headers, timeout=60) as http:
        while True:
            run = http.get(f"/api/runs/{asked.run_id}", headers={"Prefer": "wait=30"}).json()
            if run["status"] == "ready":
                return Round(run["timings"]["queuedMs"], run["timings"]["totalMs"])
            if run["status"] not in {"queued", "running"}:
                raise RuntimeError(f"The quiet tenant's run is {run['status']}: {run['errorCode']}")
