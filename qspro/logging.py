"""What a log line carries: the request, tenant, run and task that it belongs to, never a value of theirs.

Every logger of the standard library is written by structlog: as text, or as one JSON object a line.
"""

import logging
import re
import uuid
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

NONE = "-"
request_id_var: ContextVar[str] = ContextVar("request_id", default=NONE)
tenant_id_var: ContextVar[str] = ContextVar("tenant_id", default=NONE)
run_id_var: ContextVar[str] = ContextVar("run_id", default=NONE)
task_id_var: ContextVar[str] = ContextVar("task_id", default=NONE)

CONTEXT = {"requestId": request_id_var, "tenantId": tenant_id_var, "runId": run_id_var, "taskId": task_id_var}

# What a caller may choose as its request id; anything else is replaced, so that a log line cannot be forged.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Line = MutableMapping[str, Any]


def add_context(logger: Any, method: str, line: Line) -> Line:
    """The four ids; an event's own go before. None where there is none."""
    # Django logs a 4xx when all middlewares are through; the record says which request it was.
    request = getattr(line.get("_record"), "request", None)
    ids = {name: variable.get() for name, variable in CONTEXT.items()}
    if ids["requestId"] == NONE:
        ids["requestId"] = getattr(request, "request_id", NONE)
    for name, value in ids.items():
        line.setdefault(name, None if value == NONE else value)
    return line


def without_empty_context(logger: Any, method: str, line: Line) -> Line:
    """For people: an id that is not there says nothing."""
    for name in CONTEXT:
        if line[name] is None:
            del line[name]
    return line


ADDED: list[Any] = [
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_context,
]
STRIP = structlog.stdlib.ProcessorFormatter.remove_processors_meta
WRITERS: dict[str, list[Any]] = {
    "json": [STRIP, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
    "text": [
        STRIP,
        without_empty_context,
        structlog.dev.ConsoleRenderer(
            colors=False, pad_event_to=0, pad_level=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ],
}

structlog.configure(
    processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def formatter(log_format: str) -> logging.Formatter:
    """For the settings' LOGGING: `json` or `text`."""
    return structlog.stdlib.ProcessorFormatter(processors=[*ADDED, *WRITERS[log_format]])


@contextmanager
def told(**ids: str | None) -> Iterator[None]:
    """Lines within carry these ids: told(run_id=...). An unknown one stays as it is."""
    variables = {"request_id": request_id_var, "tenant_id": tenant_id_var, "run_id": run_id_var, "task_id": task_id_var}
    tokens = [(variables[name], variables[name].set(value)) for name, value in ids.items() if value]
    try:
        yield
    finally:
        for variable, token in reversed(tokens):
            variable.reset(token)


def known_request_id() -> str:
    """The id of the running request, or of the one that began this work; empty for none."""
    found = request_id_var.get()
    return "" if found == NONE else found


def choose_request_id(given: str | None) -> str:
    return given if given and REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class RequestIdMiddleware:
    """Gives each request an id, in the log and in the answer's X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = choose_request_id(request.headers.get("X-Request-ID"))
        token = request_id_var.set(request_id)
        request.request_id = request_id  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id_var.reset(token)
        response["X-Request-ID"] = request_id
        return response
