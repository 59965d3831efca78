"""The addresses of QS Pro, and two that fail."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qspro import urls

SECRET = "a secret that was in a local variable"


class Failing(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        raise RuntimeError(SECRET)

    def put(self, request: Request) -> Response:
        self.permission_denied(request)
        raise AssertionError


def failing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


urlpatterns = [*urls.urlpatterns, path("api/failing", Failing.as_view()), path("failing", failing)]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
