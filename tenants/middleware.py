"""Forgets, at the end of a request, who was asking."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from qspro.logging import tenant_id_var


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
