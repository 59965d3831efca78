"""Whether this process lives, and whether traffic may come to it."""

from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers. Workers are not asked: their restart must not take the API out."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as exc:
        return JsonResponse({"status": "unavailable", "database": type(exc).__name__}, status=503)
    finally:
        connection.close()
    return JsonResponse({"status": "ok", "database": "ok"})
