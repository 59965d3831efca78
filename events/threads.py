"""The few threads in which a process asks the database on behalf of its streams, however many streams there are."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

# Each kind of question has threads of its own: a thousand clients who come back at once wait for each other, and no
# event waits behind them.
READING = 2
ADMITTING = 2
CHECKING = 1

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Some threads that do one thing after the other."""

    def __init__(self, count: int) -> None:
        self.executor = ThreadPoolExecutor(count, thread_name_prefix="events")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs it in one of the threads; a database connection that it used is given back."""
        call = partial(copy_context().run, without_keeping_a_connection, partial(function, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self.executor, call)

    def stop(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)


def without_keeping_a_connection(function: Callable[[], T]) -> T:
    try:
        return function()
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
