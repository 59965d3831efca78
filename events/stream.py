"""The stream: server-sent events on raw ASGI, in front of Django.

Behind Django's handler each open stream costs a thread, and a database connection if anything touched the database.
Here it costs two tasks. What goes over the line comes from the rows (see events.hub).
"""

import asyncio
import logging
import re

from django.conf import settings

from events.admission import admit
from events.asgi import (
    Receive,
    Scope,
    Send,
    cors_headers,
    header,
    query_value,
    request_id,
    send_problem,
    start,
    when_gone,
)
from events.checks import Checks
from events.errors import BadLastEventId
from events.hub import Hub
from events.resolver import Resolver
from events.slots import Slots
from events.topics import Watcher
from qspro.errors import AppError

logger = logging.getLogger(__name__)

KEEP_ALIVE = b": keep-alive\n\n"
SEQUENCE = re.compile(r"[0-9]{1,18}")
# A client that takes nothing for so long is gone, whatever its connection says.
SEND_SECONDS = 30


class EventStream:
    """An ASGI application: everything since Last-Event-ID, then what happens, until an event is final."""

    def __init__(self, *, resolver: Resolver, hub: Hub, slots: Slots) -> None:
        self.resolver = resolver
        self.hub = hub
        self.slots = slots
        self.checks = Checks(resolver=resolver, hub=hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with request_id(scope) as chosen:
            try:
                watch = await admit(self.hub, self.resolver, scope)
                after = last_event_id(scope)
                async with self.slots.held(tenant_id=watch.tenant_id, user_id=watch.user_id):
                    await start(send, 200, stream_headers(scope, chosen))
                    with (
                        self.hub.watch(tenant_id=watch.tenant_id, subject_id=watch.subject_id, after=after) as watcher,
                        self.checks.of(scope, watch=watch, watcher=watcher),
                    ):
                        gone = asyncio.create_task(when_gone(receive, watcher.close))
                        try:
                            await feed(send, watcher)
                        finally:
                            gone.cancel()
            except AppError as error:
                await send_problem(scope, send, error)


async def feed(send: Send, watcher: Watcher) -> None:
    """Sends frames and keep-alives until the watcher has ended."""
    clock = asyncio.get_running_loop().time
    beaten = clock()
    while not watcher.ended:
        next_beat = beaten + settings.STREAM_KEEPALIVE_SECONDS
        frames = await watcher.frames(timeout=next_beat - clock())
        if frames:
            await send_body(send, b"".join(frame.encoded for frame in frames))
        if clock() >= next_beat:
            await send_body(send, KEEP_ALIVE)
            beaten = clock()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def send_body(send: Send, body: bytes) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": True})


def stream_headers(scope: Scope, request_id: str) -> dict[str, str]:
    return {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-cache",
        "X-Accel-Buffering": "no",  # nginx would otherwise keep events back
        "X-Request-ID": request_id,
        **cors_headers(scope),
    }


def last_event_id(scope: Scope) -> int:
    """The sequence to go on after, 0 for the start. The header is newer than an EventSource's address."""
    given = header(scope, "last-event-id") or query_value(scope, "lastEventId")
    if not given:
        return 0
    if not SEQUENCE.fullmatch(given):
        raise BadLastEventId("Send the id of the last event that you saw, a whole number.")
    return int(given)
