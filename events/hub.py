"""One hub a process: all streams of the process live by it.

It learns of news in two ways: a Redis message says "look" at once, and every few seconds the database is asked
for news of all that is watched. So a dead or deaf Redis makes streams late and silences none. Both only lead to
reading the rows: nothing is ever taken from a message.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from typing import Any
from uuid import UUID

from django.conf import settings

from events.channels import channel_of
from events.frames import Render, read_frames, with_news
from events.listener import Listener
from events.shutdown import at_shutdown
from events.threads import ADMITTING, CHECKING, READING, Threads
from events.topics import Topic, Watcher

logger = logging.getLogger(__name__)


class Hub:
    """Lives on one event loop, and starts with the first watcher."""

    def __init__(self, render: Render) -> None:
        self.render = render
        self.topics: dict[str, Topic] = {}
        self.watchers = 0
        self.closing = False
        self.reading, self.admitting, self.checking = Threads(READING), Threads(ADMITTING), Threads(CHECKING)
        self.tasks: set[asyncio.Task[None]] = set()
        self.hurried = asyncio.Event()

    @contextmanager
    def watch(self, *, tenant_id: UUID, subject_id: UUID, after: int = 0) -> Iterator[Watcher]:
        """Watches a subject from after that sequence. Whether one may is for the caller to know."""
        self.start()
        channel = channel_of(tenant_id, subject_id)
        topic = self.topics.setdefault(channel, Topic(tenant_id, subject_id))
        watcher = Watcher(topic, after)
        topic.watchers.add(watcher)
        self.watchers += 1
        self.look(channel)
        if self.closing:
            watcher.close()
        try:
            yield watcher
        finally:
            self.watchers -= 1
            topic.watchers.discard(watcher)
            if not topic.watchers:
                self.topics.pop(channel, None)

    def start(self) -> None:
        if not self.tasks:
            at_shutdown(self.close)
            listener = Listener(heard=self.look, connected=self.hurry)
            self.spawn(listener.run())
            self.spawn(self.catch_up_for_ever())

    def close(self) -> None:
        """Ends all streams, so that the server can stop; their clients go on elsewhere from the last id they saw."""
        self.closing = True
        for topic in list(self.topics.values()):
            for watcher in list(topic.watchers):
                watcher.close()

    async def stop(self) -> None:
        self.close()
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for threads in (self.reading, self.admitting, self.checking):
            threads.stop()

    def look(self, channel: str) -> None:
        """Reads what is new in the channel, if anybody watches it. Many looks at once are one or two reads."""
        topic = self.topics.get(channel)
        if topic is None or topic.final:
            return
        topic.look_again = True
        if topic.reader is None:
            topic.reader = self.spawn(self.read(topic))

    async def read(self, topic: Topic) -> None:
        try:
            while topic.look_again and topic.watchers:
                topic.look_again = False
                asked = (topic.tenant_id, topic.subject_id, topic.last)
                topic.add(await self.reading.run(read_frames, self.render, *asked))
        except Exception:
            # Late, not lost: the catch-up finds the same news again.
            logger.exception("Events could not be read")
        finally:
            topic.reader = None

    def hurry(self) -> None:
        """Redis is heard again: ask at once for what was said meanwhile."""
        self.hurried.set()

    async def catch_up_for_ever(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hurried.wait(), settings.STREAM_CATCH_UP_SECONDS)
            self.hurried.clear()
            try:
                await self.catch_up()
            except Exception:
                logger.exception("Catching up failed and is tried again")

    async def catch_up(self) -> None:
        watched = [(topic.tenant_id, topic.subject_id, topic.last) for topic in self.topics.values() if not topic.final]
        if watched:
            for tenant_id, subject_id in await self.reading.run(with_news, watched):
                self.look(channel_of(tenant_id, subject_id))

    def spawn(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(job, context=Context())  # not in the name of the request that happened to need it
        self.tasks.add(task)  # the loop itself keeps no hold of a task
        task.add_done_callback(self.tasks.discard)
        return task
