"""Hearing early that the server is to stop.

A server tells its application so (lifespan.shutdown) only when all connections are closed, and an open stream would
keep it from ever getting there.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType


def at_shutdown(call: Callable[[], None]) -> None:
    """Has `call` made on the running loop at SIGTERM or SIGINT, before the server's own handler goes on."""
    if threading.current_thread() is not threading.main_thread():
        return  # no signals here: whoever runs a server in a thread stops the hub by itself
    call_soon = partial(asyncio.get_running_loop().call_soon_threadsafe, call)
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        if callable(handler):
            signal.signal(number, partial(both, call_soon, handler))


def both(
    call_soon: Callable[[], object],
    handler: Callable[[int, FrameType | None], object],
    number: int,
    frame: FrameType | None,
) -> None:
    call_soon()
    handler(number, frame)
