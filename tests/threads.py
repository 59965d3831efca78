"""Many at once: each on a thread and a database connection of its own, all let go at the same moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, connections

T = TypeVar("T")


def at_once(count: int, act: Callable[[int], T]) -> list[T | Exception]:
    """What each of `count` calls gave or raised."""
    start = Barrier(count)

    def run(number: int) -> T | Exception:
        start.wait(timeout=60)
        try:
            return act(number)
        except Exception as exc:  # the outcome of a race can be an error; the test looks at which
            return exc
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def until_waited_for() -> None:
    """Comes back once another transaction waits for a lock of the running one."""
    for _ in range(1_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    pytest.fail("Nobody waits.")
