"""A subject that is being watched in this process, and those who watch it."""

import asyncio
from bisect import bisect_right
from operator import attrgetter
from uuid import UUID

from events.channels import channel_of
from events.frames import Frame


class Topic:
    """The frames of one subject, read once for all its watchers."""

    def __init__(self, tenant_id: UUID, subject_id: UUID) -> None:
        self.tenant_id = tenant_id
        self.subject_id = subject_id
        self.channel = channel_of(tenant_id, subject_id)
        self.frames: list[Frame] = []
        self.watchers: set[Watcher] = set()
        self.look_again = False
        self.reader: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        return self.frames[-1].sequence if self.frames else 0

    @property
    def final(self) -> bool:
        return bool(self.frames) and self.frames[-1].final

    def add(self, frames: list[Frame]) -> None:
        if frames:
            self.frames += frames
            for watcher in self.watchers:
                watcher.wake.set()


class Watcher:
    """One stream's place in a topic."""

    def __init__(self, topic: Topic, after: int) -> None:
        self.topic = topic
        self.after = after
        self.closed = False
        self.wake = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Nothing more comes: the final frame was given out, or somebody closed the watcher."""
        return self.closed or (self.topic.final and self.after >= self.topic.last)

    def close(self) -> None:
        self.closed = True
        self.wake.set()

    async def frames(self, timeout: float) -> list[Frame]:
        """The frames not given out yet. Waits for one at most `timeout` seconds; [] if none came."""
        try:
            async with asyncio.timeout(timeout):
                while not self.ended:
                    self.wake.clear()  # before looking: what comes while we look wakes us again
                    found = self.topic.frames[bisect_right(self.topic.frames, self.after, key=attrgetter("sequence")) :]
                    if found:
                        self.after = found[-1].sequence
                        return found
                    await self.wake.wait()
        except TimeoutError:
            pass
        return []
