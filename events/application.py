"""The ASGI application: streams and waits in front, all else to Django."""

import re
from uuid import UUID

from events.asgi import Application, Receive, Scope, Send
from events.hub import Hub
from events.resolver import Resolver
from events.slots import Slots
from events.stream import EventStream
from events.wait import PreferWait

ADDRESS = r"(?P<subject_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?P<events>/events)?"


class WithEvents:
    """Django, but `GET <prefix><uuid>/events` is a stream, and `GET <prefix><uuid>` with `Prefer: wait` waits here."""

    def __init__(self, django: Application, *, resolver: Resolver, prefix: str) -> None:
        self.django = django
        self.address = re.compile(re.escape(prefix) + ADDRESS)
        self.hub = Hub(resolver.render)
        self.slots = Slots()
        self.stream = EventStream(resolver=resolver, hub=self.hub, slots=self.slots)
        self.wait = PreferWait(django, resolver=resolver, hub=self.hub, slots=self.slots)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        asked = self.address.fullmatch(scope["path"]) if scope.get("method") == "GET" else None
        if asked is None:
            await self.django(scope, receive, send)
            return
        scope = {**scope, "path_params": {"subject_id": UUID(asked["subject_id"])}}
        await (self.stream if asked["events"] else self.wait)(scope, receive, send)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """The hub starts with its first watcher; here it is only stopped."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.stream.checks.stop()
                await self.hub.stop()
                await self.slots.stop()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
