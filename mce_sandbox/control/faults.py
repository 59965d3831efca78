"""Faults ordered in advance: which call, what goes wrong, how often, before or after the effect."""

import asyncio
import math
import random
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, fields
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

# What the called service says in words of its own, and what happens on the wire.
WORDED = frozenset({"rate_limited", "token_expired", "login_failed", "server_fault", "error"})
WIRED = frozenset({"http", "html", "blocked", "forbidden", "hang", "slow", "reset", "malformed", "cut", "huge"})
KINDS = WORDED | WIRED
MOMENTS = ("before", "after")
# A query that runs is no call, nor is an order of rows that is carried out: their faults are ordered by name alone, and
# are the ways to fail that they have.
RUN, RUN_ROWS = "Run", "RunRows"
ENDS = {RUN: ("error", "fatal_error"), RUN_ROWS: ("error",)}
MEGABYTE = 1024 * 1024
HUGE = 50 * MEGABYTE


@dataclass
class Fault:
    """`operation` and `object_type` match without case, `*` any call. `count` are hit, with `probability` each."""

    operation: str
    kind: str
    object_type: str = "*"
    count: int = 1
    moment: str = "before"
    probability: float = 1.0
    status: int = 503
    seconds: float = 3600.0
    message: str = "The sandbox was told to fail."
    id: int = 0

    def __post_init__(self) -> None:
        for each in fields(self):
            given = getattr(self, each.name)
            if type(given) is not each.type and (each.type, type(given)) != (float, int):
                raise ValueError(f"{each.name} wants {getattr(each.type, '__name__', each.type)}, not {given!r}.")
        kinds = next((ENDS[name] for name in ENDS if name.lower() == self.operation.lower()), sorted(KINDS))
        if self.kind not in kinds:
            raise ValueError(f"kind must be one of {', '.join(kinds)}.")
        if self.moment not in MOMENTS:
            raise ValueError("moment must be before or after.")
        if not self.operation or self.count < 1 or not 0 < self.probability <= 1:
            raise ValueError("operation, a count from 1 and a probability up to 1 are needed.")
        if self.status not in range(100, 600) or not 0 <= self.seconds < math.inf:
            raise ValueError("status is one of HTTP, and seconds are some.")

    def matches(self, operation: str, object_type: str, moment: str) -> bool:
        operations = (operation.lower(),) if operation in ENDS else (operation.lower(), "*")
        return (
            self.moment == moment
            and self.operation.lower() in operations
            and self.object_type.lower() in ("*", object_type.lower())
        )


class Faults:
    """The faults still to come, first ordered first served."""

    def __init__(self, chance: random.Random) -> None:
        self._faults: list[Fault] = []
        self._ids = count(1)
        self.chance = chance

    def order(self, fault: Fault) -> Fault:
        fault.id = next(self._ids)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def remove(self, fault_id: int) -> None:
        """One of them; nothing if it has hit by now."""
        self._faults = [fault for fault in self._faults if fault.id != fault_id]

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]

    def take(self, operation: str, object_type: str = "", *, moment: str = "before") -> Fault | None:
        """The fault that hits this call, used up by one."""
        for fault in self._faults:
            if not fault.matches(operation, object_type, moment):
                continue
            if fault.probability < 1 and self.chance.random() >= fault.probability:
                continue
            fault.count -= 1
            if fault.count == 0:
                self._faults.remove(fault)
            return fault
        return None


async def transport_fault(request: Request, fault: Fault) -> Response | None:
    """Plays a fault of the wire; None if its kind is one the called service words itself, or a mere delay."""
    match fault.kind:
        case "http":
            return Response(fault.message, fault.status, media_type="text/plain")
        case "html":
            page = f"<html><body><h1>{fault.status} Bad Gateway</h1></body></html>"
            return HTMLResponse(page, fault.status)
        case "blocked":
            # "Temporarily blocked": without Retry-After, and not to be tried again.
            return JSONResponse({"errorcode": 50200, "message": "Temporarily blocked"}, 429)
        case "forbidden":
            return JSONResponse({"message": "Insufficient privileges to complete this action."}, 403)
        case "hang":
            await asyncio.sleep(fault.seconds)
            return Response(status_code=504)
        case "slow":
            await asyncio.sleep(fault.seconds)
            return None
        case "reset":
            reset_connection(request)
            return Response(status_code=500)
        case "malformed":
            return Response(_beginning(request), media_type=_media_type(request))
        case "cut":
            return StreamingResponse(
                _cut_off(request), media_type=_media_type(request), headers={"content-length": "2000"}
            )
        case "huge":
            return StreamingResponse(_blanks(), media_type=_media_type(request))
        case _:
            return None


def _media_type(request: Request) -> str:
    return "text/xml" if request.url.path == "/service.asmx" else "application/json"


def _beginning(request: Request) -> bytes:
    """Half an answer."""
    if _media_type(request) == "text/xml":
        return b'<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Bo'
    return b'{"count": 3, "items": [{"keys": {}, "val'


async def _cut_off(request: Request) -> AsyncIterator[bytes]:
    """Less than was announced, and then no connection any more."""
    yield _beginning(request)
    reset_connection(request)


async def _blanks() -> AsyncIterator[bytes]:
    for _ in range(HUGE // MEGABYTE):
        yield b" " * MEGABYTE


def reset_connection(request: Request) -> None:
    """Ends the TCP connection with RST instead of an answer."""
    transport: asyncio.Transport = request.scope["extensions"]["mce_sandbox.transport"]
    connection: socket.socket = transport.get_extra_info("socket")
    # Linger of zero seconds: close() throws away what is unsent and sends RST.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
