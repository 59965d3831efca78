"""Many at once: each on a thread and a database connection of its own, all let go at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

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
