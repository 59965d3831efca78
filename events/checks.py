"""Whether those who watch may still do so: asked again and again, of one stream after the other.

No stream waits for the answer. If each asked at its own time, those that came together would ask together, and their
events would wait in that line.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass

from django.conf import settings

from events.admission import may_stay
from events.asgi import Scope
from events.hub import Hub
from events.resolver import Resolver, Watch
from events.topics import Watcher

# With many streams the access of each is checked more rarely, so that the checks leave the process time to stream.
CHECKS_A_SECOND = 50


@dataclass(eq=False, slots=True)
class Stay:
    """A stream, as it was let in and last looked at."""

    scope: Scope
    watch: Watch
    watcher: Watcher
    checked: float
    context: Context  # what is logged is of its request


class Checks:
    """Closes the watchers of this process whose access has ended."""

    def __init__(self, *, resolver: Resolver, hub: Hub) -> None:
        self.resolver = resolver
        self.hub = hub
        self.stays: OrderedDict[Stay, None] = OrderedDict()  # the one not looked at for longest comes first
        self.task: asyncio.Task[None] | None = None

    @contextmanager
    def of(self, scope: Scope, *, watch: Watch, watcher: Watcher) -> Iterator[None]:
        """Checks it for as long as the block runs."""
        stay = Stay(scope, watch, watcher, now(), copy_context())
        self.stays[stay] = None
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.check_all(), context=Context())
        try:
            yield
        finally:
            self.stays.pop(stay)

    async def check_all(self) -> None:
        """One after the other, for as long as there are any."""
        while self.stays:
            stay = next(iter(self.stays))
            wait = stay.checked + self.seconds() - now()
            if wait > 0:
                # Not for longer: with fewer streams each comes sooner.
                await asyncio.sleep(min(wait, settings.STREAM_CATCH_UP_SECONDS))
                continue
            stay.checked = now()
            self.stays.move_to_end(stay)
            await asyncio.create_task(self.check(stay), context=stay.context)

    async def check(self, stay: Stay) -> None:
        if not await may_stay(self.hub, self.resolver, stay.scope, stay.watch):
            stay.watcher.close()

    def seconds(self) -> float:
        """Between two checks of a stream."""
        return max(float(settings.STREAM_CATCH_UP_SECONDS), len(self.stays) / CHECKS_A_SECOND)

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()


def now() -> float:
    return asyncio.get_running_loop().time()
