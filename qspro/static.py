"""Static files, served by the API process itself."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, with each file answered whole: Django reads its streams into a list under ASGI, with a warning.

    The largest file has 2 MB.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return compressed(request, response) if response.status_code == HTTPStatus.OK else response


def compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A third of the console's script. The ETag stays what it was: WhiteNoise knows no other as its own."""
    etag = response["ETag"]
    answer = gzip_page(lambda _: response)(request)
    answer["ETag"] = etag
    return answer
