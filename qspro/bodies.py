"""No request's body and no headers are larger than we read, or in another charset, whoever sends them.

Django writes a body into a temporary file before it looks who is asking, and so would fill the disk for anybody. And it
reads JSON, forms and addresses in whatever charset the Content-Type names: 2 MB of punycode take minutes of CPU time.
So do a Content-Type and a cookie of 200 kB, whose quotes Python looks for anew at each of their characters.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

from qspro.errors import AppError, BadRequest
from qspro.logging import choose_request_id, request_id_var
from qspro.problems import CONTENT_TYPE, BodyTooLarge, HeadersTooLarge, problem

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}
# Bytes, with its name; as most proxies have it.
MOST_IN_A_HEADER = 8_000
MOST_IN_HEADERS = 32_000
# Of what is read right here, where all streams wait for it.
MOST_IN_A_MEDIA_TYPE = 1_000
# RFC 2231: the value of such a parameter names the charset that it is written in itself.
EXTENDED = re.compile(r"\*[\s\d*]*=")


class LimitedBodies:
    """An ASGI application: the one behind it, which sees DATA_UPLOAD_MAX_MEMORY_SIZE bytes of a body at most, and none
    of a body that is not in UTF-8, nor of a request whose headers are too long.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (trouble := trouble_of_headers(scope)):
            await refuse(trouble, scope, send)
            return
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
            error = BodyTooLarge(f"It may have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
            await refuse(error, scope, send)


def trouble_of_headers(scope: Scope) -> AppError | None:
    lengths = [len(name) + len(value) for name, value in scope["headers"]]
    if max(lengths, default=0) > MOST_IN_A_HEADER or sum(lengths) > MOST_IN_HEADERS:
        return HeadersTooLarge(f"One may have {MOST_IN_A_HEADER} bytes, and all together {MOST_IN_HEADERS}.")
    if any(len(header(scope, name)) > MOST_IN_A_MEDIA_TYPE for name in (b"content-type", b"accept")):
        return HeadersTooLarge(f"Content-Type and Accept may have {MOST_IN_A_MEDIA_TYPE} bytes.")
    return None if is_in_utf8(scope) else BadRequest("Send text in UTF-8.")


def is_in_utf8(scope: Scope) -> bool:
    """Reads Content-Type as Django does, and then Accept, which REST framework reads in the same way."""
    kind, accepted = header(scope, b"content-type"), header(scope, b"accept")
    if EXTENDED.search(kind) or EXTENDED.search(accepted):
        return False
    charset: str = parse_header_parameters(kind)[1].get("charset", "utf-8")
    return charset.lower() in CHARSETS


def header(scope: Scope, name: bytes) -> str:
    return b",".join(value for each, value in scope["headers"] if each == name).decode("latin-1")


async def refuse(error: AppError, scope: Scope, send: Send) -> None:
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
