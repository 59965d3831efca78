"""The few words of ASGI that a stream needs."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from qspro.errors import AppError
from qspro.logging import choose_request_id, request_id_var
from qspro.problems import CONTENT_TYPE, headers, problem

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: str) -> str | None:
    """The value of a request's header, None if it has none; `name` in lower case."""
    wanted = name.encode()
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]
    return ", ".join(values) if values else None


def query_value(scope: Scope, name: str) -> str | None:
    """The last value of a query parameter, None if it is not there."""
    values = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get(name)
    return values[-1] if values else None


@contextmanager
def request_id(scope: Scope) -> Iterator[str]:
    """The id of the request, as RequestIdMiddleware chooses it for those that reach Django."""
    chosen = choose_request_id(header(scope, "x-request-id"))
    token = request_id_var.set(chosen)
    try:
        yield chosen
    finally:
        request_id_var.reset(token)


def cors_headers(scope: Scope) -> dict[str, str]:
    """For an EventSource on another origin; what needs a preflight is answered by Django's middleware."""
    origin = header(scope, "origin")
    if origin not in settings.CORS_ALLOWED_ORIGINS:
        return {}
    return {"Access-Control-Allow-Origin": str(origin), "Vary": "Origin"}


async def start(send: Send, status: int, fields: dict[str, str]) -> None:
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def send_problem(scope: Scope, send: Send, error: AppError) -> None:
    """The error as problem+json, as every other part of the API answers it."""
    body = json.dumps(problem(error)).encode()
    fields = {
        "Content-Type": CONTENT_TYPE,
        "Content-Length": str(len(body)),
        "X-Request-ID": request_id_var.get(),
        **headers(error),
        **cors_headers(scope),
    }
    await start(send, error.status, fields)
    await send({"type": "http.response.body", "body": body})


async def when_gone(receive: Receive, call: Callable[[], None]) -> None:
    """Makes the call when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    call()
