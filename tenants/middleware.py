"""Forgets, at the end of a request, who was asking; keeps sessions to their time."""

from collections.abc import Callable

from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from qspro.logging import tenant_id_var
from qspro.problems import problem_response, unavailable
from tenants import sessions


class CallerMiddleware:
    """A thread that served one tenant must not log the next request in its name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = tenant_id_var.set("-")
        try:
            return self.get_response(request)
        finally:
            tenant_id_var.reset(token)


def end_if_over(session: SessionBase) -> None:
    if sessions.is_over(session):
        session.flush()


class SessionTimeMiddleware:
    """A session ends when nobody has used it for a while, and in any case some hours after it began."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a cookie there is nothing to look at, and to look would cost a query.
        if request.session.session_key:
            try:
                end_if_over(request.session)
            except (OperationalError, InterfaceError) as exc:
                return problem_response(unavailable(exc))
        response = self.get_response(request)
        if request.session.session_key:
            sessions.renew(request.session)
        return response
