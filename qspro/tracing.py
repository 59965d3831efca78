"""Spans: what took how long, from a request over its run's steps to the calls to Marketing Cloud (docs/decisions/0024).

Without OTEL_EXPORTER_OTLP_ENDPOINT all of this does nothing, and loads nothing of OpenTelemetry. A span holds ids,
routes and words of ours: never an address with its query, a header, the text of an error, SQL, a token or a row.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from qspro.logging import CONTEXT, NONE

Facts = Mapping[str, str | int]

# The ids of a log line, as spans call them.
IDS = {
    "requestId": "qspro.request_id",
    "tenantId": "qspro.tenant_id",
    "runId": "qspro.run_id",
    "taskId": "qspro.task_id",
}
TRACED = ("/api/", "/auth/")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Recorder(Protocol):
    def span(self, name: str, *, kind: str, parent: str, facts: Facts) -> AbstractContextManager[None]: ...
    def tell(self, facts: Facts, *, name: str) -> None: ...
    def mark(self, name: str, facts: Facts) -> None: ...
    def parent(self) -> str: ...
    def end(self) -> None: ...


_recorder: Recorder | None = None


def begin() -> None:
    """At the start of a process, before it forks: nothing runs beside it until its first span."""
    global _recorder
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        _recorder = import_module("qspro.telemetry").Telemetry()


def end() -> None:
    """What is still to be sent is sent, and nothing is recorded any more."""
    global _recorder
    ended, _recorder = _recorder, None
    if ended is not None:
        ended.end()


def span(name: str, facts: Facts, *, kind: str, parent: str = "") -> AbstractContextManager[None]:
    """Around what takes time. It hangs from `parent`, as `trace_parent()` gave it, else from the span around it.

    The ids that a log line would carry are told by themselves; of an error only its class.
    """
    if _recorder is None:
        return nullcontext()
    ids = {IDS[name]: found for name, variable in CONTEXT.items() if (found := variable.get()) != NONE}
    return _recorder.span(name, kind=kind, parent=parent, facts={**ids, **facts})


def tell(facts: Facts, *, name: str = "") -> None:
    """More about the running span; `name` is a better name for it."""
    if _recorder is not None:
        _recorder.tell(facts, name=name)


def mark(name: str, facts: Facts) -> None:
    """Something that happens at one moment of the running span."""
    if _recorder is not None:
        _recorder.mark(name, facts)


def trace_parent() -> str:
    """The running span, as W3C's `traceparent` has it; empty for none."""
    return _recorder.parent() if _recorder is not None else ""


class TracingMiddleware:
    """A span for each request to the API, by its route. It begins a trace: a caller's own is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(TRACED):
            return self.get_response(request)
        with span(method_of(request), {"http.request.method": method_of(request)}, kind="server"):
            response = self.get_response(request)
            tell({"http.response.status_code": response.status_code})
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Only now is it known which it is."""
        match = request.resolver_match
        if match is None or not request.path.startswith(TRACED):
            return
        run = {"qspro.run_id": str(kwargs["run_id"])} if "run_id" in kwargs else {}
        tell({"http.route": f"/{match.route}", **run}, name=f"{method_of(request)} /{match.route}")


def method_of(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "_OTHER"
