"""`Prefer: wait=N` (RFC 7240): answer when it is over or after N seconds. Waiting here costs no thread."""

import asyncio
import re

from events.admission import admit
from events.asgi import Application, Message, Receive, Scope, Send, header, request_id, send_problem, when_gone
from events.hub import Hub
from events.resolver import Resolver
from events.slots import Slots
from events.topics import Watcher
from qspro.errors import AppError

LONGEST_SECONDS = 30
WAIT = re.compile(r'(?:^|[,;\s])wait\s*=\s*"?([0-9]{1,9})"?\s*(?:$|[,;])', re.IGNORECASE)


class PreferWait:
    """Holds a GET back until its subject has a final event, then lets Django answer it as any other.

    A wait counts as one of the user's streams: with too many of them it is a 429.
    """

    def __init__(self, application: Application, *, resolver: Resolver, hub: Hub, slots: Slots) -> None:
        self.application = application
        self.resolver = resolver
        self.hub = hub
        self.slots = slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seconds = preferred_wait(scope)
        if seconds is None:
            await self.application(scope, receive, send)
            return
        try:
            watch = await admit(self.hub, self.resolver, scope)
        except AppError:
            # Django finds out the same and answers it as it answers a GET without the preference.
            await self.application(scope, receive, send)
            return
        # The body (a GET has none) is read to hear of a disconnect behind it, and given to Django again.
        first = await receive()
        try:
            async with self.slots.held(tenant_id=watch.tenant_id, user_id=watch.user_id):
                with self.hub.watch(tenant_id=watch.tenant_id, subject_id=watch.subject_id) as watcher:
                    await until_ended(watcher, receive, seconds if is_whole(first) else 0)
        except AppError as error:
            with request_id(scope):
                await send_problem(scope, send, error)
            return
        await self.application(scope, again(first, receive), applied(send, seconds))


def preferred_wait(scope: Scope) -> int | None:
    """The seconds that the client would wait, 30 at most; None if it named none."""
    found = WAIT.search(header(scope, "prefer") or "")
    return min(int(found[1]), LONGEST_SECONDS) if found else None


async def until_ended(watcher: Watcher, receive: Receive, seconds: float) -> None:
    """Comes back after the final event, when the client has gone, or after `seconds`."""
    clock = asyncio.get_running_loop().time
    ends = clock() + seconds
    gone = asyncio.create_task(when_gone(receive, watcher.close))
    try:
        while not watcher.ended and clock() < ends:
            await watcher.frames(timeout=ends - clock())
    finally:
        gone.cancel()


def is_whole(message: Message) -> bool:
    return message["type"] == "http.request" and not message.get("more_body", False)


def again(first: Message, receive: Receive) -> Receive:
    """`receive` with a message that was taken from it put back."""
    put_back = [first]

    async def receive_again() -> Message:
        return put_back.pop() if put_back else await receive()

    return receive_again


def applied(send: Send, seconds: int) -> Send:
    """`send`, saying in the answer's headers that the preference was followed."""

    async def send_applied(message: Message) -> None:
        if message["type"] == "http.response.start":
            header = (b"preference-applied", f"wait={seconds}".encode())
            message = {**message, "headers": [*message["headers"], header]}
        await send(message)

    return send_applied
