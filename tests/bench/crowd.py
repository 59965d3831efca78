"""Many runs at once: submitted by many users, and waited for until they all are where they should be."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.faults.judge import Kind
from tests.faults.load import RUNS_A_USER, Asked, User, submit
from tests.faults.system import System

SUBMITTERS = 4
PATIENCE = 1800


def submit_many(system: System, users: Sequence[User], runs: int) -> list[Asked]:
    """Each user's runs in turn, never more than a user may have."""
    shares = [users[start] for start in range(-(-runs // RUNS_A_USER))]
    asked = [Asked(shares[number // RUNS_A_USER], Kind.TEMP) for number in range(runs)]
    by_user = [asked[start : start + RUNS_A_USER] for start in range(0, runs, RUNS_A_USER)]
    with httpx.Client(base_url=system.api, timeout=60) as http, ThreadPoolExecutor(SUBMITTERS) as pool:
        list(pool.map(lambda several: submit_all(http, several), by_user))
    return asked


def submit_all(http: httpx.Client, several: Sequence[Asked]) -> None:
    for asked in several:
        asked.run_id = submit(http, asked)


def wait_for(system: System, runs: int, condition: str) -> None:
    """Until so many runs fulfil the condition (SQL on the table of runs)."""
    until = time.monotonic() + PATIENCE
    with system.database() as database:
        query = f"""SELECT count(*) FILTER (WHERE {condition}), count(*) FILTER (WHERE status = 'failed')
                      FROM shell_query_run"""
        while True:
            found, failed = (int(str(each)) for each in database.execute(query).fetchone() or (0, 0))
            if failed:
                raise RuntimeError(f"{failed} runs have failed.")
            if found >= runs:
                return
            if time.monotonic() > until:
                raise TimeoutError(f"Only {found} of {runs} runs are {condition}.")
            time.sleep(0.25)
