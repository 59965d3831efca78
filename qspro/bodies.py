"""No request's body is larger than we read, whoever sends it.

Django writes a body into a temporary file before it looks who is asking, and so would fill the disk for anybody.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from qspro.logging import choose_request_id, request_id_var
from qspro.problems import CONTENT_TYPE, BodyTooLarge, problem

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LimitedBodies:
    """An ASGI application: the one behind it, which sees DATA_UPLOAD_MAX_MEMORY_SIZE bytes of a body at most."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        answered = False

        async def receive_some() -> Mapping[str, Any]:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            # For Django a client that went away: it puts away what it has of the body, and answers nothing.
            return message if left >= 0 else {"type": "http.disconnect"}

        async def send_noted(message: Mapping[str, Any]) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await self.application(scope, receive_some, send_noted)
        if left < 0 and not answered:
            await refuse(scope, send)


async def refuse(scope: Scope, send: Send) -> None:
    error = BodyTooLarge(f"It may have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    token = request_id_var.set(choose_request_id(given))
    try:
        body = json.dumps(problem(error)).encode()
        fields = {
            "content-type": CONTENT_TYPE,
            "content-length": str(len(body)),
            "x-request-id": request_id_var.get(),
        }
    finally:
        request_id_var.reset(token)
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
