"""What the API answers is for who asked, and for now: nobody keeps it, unless the answer says how it may be kept."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

FOR_ALL = ("/api/schema/", "/api/docs/")


class NoStoreMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith("/api/") and not request.path_info.startswith(FOR_ALL):
            response.setdefault("Cache-Control", "no-store")
        return response
