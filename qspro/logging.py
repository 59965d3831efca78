"""Who a log line belongs to: the request's id and the tenant, never a value of theirs."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

request_id_var: ContextVar[str] = ContextVar("request_id", default="-")
tenant_id_var: ContextVar[str] = ContextVar("tenant_id", default="-")

# What a caller may choose as its request id; anything else is replaced, so that a log line cannot be forged.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ContextFilter(logging.Filter):
    """Puts `request_id` and `tenant_id` on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a 4xx when all middlewares are through; it says which request it was.
        of_request = getattr(getattr(record, "request", None), "request_id", "-")
        record.request_id = request_id_var.get(of_request)
        record.tenant_id = tenant_id_var.get()
        return True


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
