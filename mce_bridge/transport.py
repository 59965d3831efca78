"""One HTTP call to Marketing Cloud, bounded in time and size. All calls to MCE pass here: metrics of calls belong here.

No redirects, no proxies from the environment, no cookies, no retries: what the tenant's own address answers to this one
request, or an error from the tree.
"""

import logging
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from uuid import UUID

import certifi
from django.conf import settings
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from mce_bridge.answers import from_status
from mce_bridge.deadline import Deadline
from mce_bridge.errors import AnswerLost, MceError, Unreachable, UnreadableAnswer
from mce_bridge.sockets import Call, TooManyBytes, current_call, make_pools
from qspro.logging import known_request_id
from qspro.metrics import mce_called
from qspro.tracing import span, tell

logger = logging.getLogger("mce_bridge.calls")

pools = make_pools(certifi.where())
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Request:
    """`accepts` are the media types that can be read; headers and body hold tokens and SQL, so they are not shown."""

    method: str
    url: str = field(repr=False)
    accepts: tuple[str, ...]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    status: int
    media_type: str
    content: bytes = field(repr=False)
    retry_after: float | None = None


def send(request: Request, *, deadline: Deadline) -> Answer:
    """The answer, whatever its status, if it is of a type that `request` accepts.

    Raises Unreachable when nothing was sent, AnswerLost when the request went out and no whole answer came back,
    UnreadableAnswer for one too large, and the error of its status for one of another type (a gateway's HTML page).
    """
    call = Call(
        deadline=deadline,
        connect_timeout=settings.MCE_CONNECT_TIMEOUT_SECONDS,
        read_timeout=settings.MCE_READ_TIMEOUT_SECONDS,
        max_bytes=settings.MCE_MAX_ANSWER_BYTES,
    )
    token = current_call.set(call)
    try:
        return exchange(request, call)
    except TooManyBytes:
        raise UnreadableAnswer("Marketing Cloud's answer is larger than we read.") from None
    except (HTTPError, HTTPException, OSError, ssl.SSLError):
        # The causes name addresses and headers; the class alone says what a caller may do.
        raise (AnswerLost() if call.sent else Unreachable()) from None
    finally:
        current_call.reset(token)


def exchange(request: Request, call: Call) -> Answer:
    call.deadline.limit(call.connect_timeout)
    response = pools.urlopen(
        request.method,
        request.url,
        body=request.body,
        headers={"Accept-Encoding": "gzip", **whose(), **request.headers},
        redirect=False,
        retries=False,
        preload_content=False,
    )
    try:
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        retry_after = read_retry_after(response.headers.get("Retry-After"))
        if media_type not in request.accepts and response.headers.get("Content-Length") != "0":
            # Its body tells us nothing: it is not read, and so its connection cannot be used again.
            raise refuse_type(response.status, retry_after)
        answer = Answer(response.status, media_type, read_body(response, call), retry_after)
        response.release_conn()
        return answer
    finally:
        response.close()


def whose() -> dict[str, str]:
    """The id under which our log has it, for who looks at the other end."""
    request_id = known_request_id()
    return {"X-Request-ID": request_id} if request_id else {}


def refuse_type(status: int, retry_after: float | None) -> MceError:
    if status < 300:
        return UnreadableAnswer("Marketing Cloud's answer is of a kind that we do not read.")
    return from_status(status, retry_after=retry_after)


def read_body(response: BaseHTTPResponse, call: Call) -> bytes:
    """The whole body, unpacked; the cap holds for what it unpacks to as well."""
    body = bytearray()
    for chunk in response.stream(CHUNK, decode_content=True):
        body += chunk
        if len(body) > call.max_bytes:
            raise TooManyBytes
    return bytes(body)


def read_retry_after(text: str | None) -> float | None:
    """Seconds, an hour at most. A date is not read: the caller then waits as it would without."""
    if not text or not text.strip().isdecimal():
        return None
    return min(float(text), 3600.0)


@contextmanager
def logged(*, operation: str, about: str, tenant_id: UUID | None = None) -> Iterator[None]:
    """One line and one span a call: what was asked of which kind of object, how it went, how long it took. Never
    contents, and the span's own id is not sent along."""
    asked = {"mce.operation": operation, "mce.object": about}
    known = {"qspro.tenant_id": str(tenant_id)} if tenant_id else {}
    with span(f"MCE {operation} {about}", {**asked, **known}, kind="client"), counted(operation, about, tenant_id):
        yield


@contextmanager
def counted(operation: str, about: str, tenant_id: UUID | None) -> Iterator[None]:
    began = time.monotonic()
    outcome = "failed"
    try:
        yield
        outcome = "ok"
    except MceError as error:
        outcome = error.code
        raise
    finally:
        seconds = time.monotonic() - began
        tell({"mce.outcome": outcome})
        mce_called(operation=operation, about=about, outcome=outcome, seconds=seconds)
        logger.info(
            "mce call operation=%s object=%s outcome=%s ms=%d tenant=%s",
            operation,
            about,
            outcome,
            seconds * 1000,
            tenant_id or "-",
        )
