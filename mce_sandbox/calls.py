"""What every call goes through, SOAP, REST or token: bounded body, latency, ordered faults, the call log."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from mce_sandbox.clock import utc_now
from mce_sandbox.control.call_log import Call
from mce_sandbox.world import World

MAX_BODY = 10 * 1024 * 1024
MAX_FORM_FIELDS = 100


class BodyTooLarge(Exception):
    """More than the sandbox reads."""


async def limited_body(request: Request) -> bytes:
    """The body, never more than MAX_BODY of it in memory."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise BodyTooLarge
        parts.append(part)
    return b"".join(parts)


async def json_body(request: Request) -> Any:
    """The body as JSON. ValueError for what is none, or nested too deeply."""
    body = await limited_body(request)
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if b"\\u" in body:
        # Half a character (a lone surrogate) is no text that anything here could keep.
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def _refuse_constant(name: str) -> None:
    """NaN and Infinity are Python's own idea of JSON."""
    raise ValueError(name)


async def form_body(request: Request) -> dict[str, str]:
    """The fields of an HTML form. ValueError for more of them than anybody sends."""
    body = (await limited_body(request)).decode("utf-8")
    return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))


async def wait_latency(world: World) -> None:
    """As long as the dials say."""
    wait = world.dials.latency_ms + world.faults.chance.uniform(0, world.dials.jitter_ms)
    if wait:
        await asyncio.sleep(wait / 1000)


def request_id_of(request: Request) -> str:
    return request.headers.get("x-request-id", "")[:64]


def finish_call(world: World, call: Call, *, began: float, outcome: str, http_status: int) -> None:
    """Writes the call down."""
    call.outcome, call.http_status = outcome, http_status
    call.milliseconds = round((time.perf_counter() - began) * 1000, 1)
    call.time = utc_now().isoformat(timespec="milliseconds")
    world.calls.add(call)
