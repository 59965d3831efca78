"""Who may see /admin/queues/: staff who have signed in, and whoever has ADMIN_API_KEY.

A browser cannot add a header to the styles and links of a page. So the first answer to a request with the key sets a
cookie for these pages alone, which opens them for the rest of a working day, or until the key is changed.
"""

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from operators.errors import WrongAdminKey

HEADER = "X-Admin-Key"
COOKIE = "qspro_queues"
PATH = "/admin/queues"
SECONDS = 8 * 3600


def may_enter(request: HttpRequest) -> bool:
    """False for somebody who should sign in first. Raises WrongAdminKey."""
    if has_key(request):
        return True
    user = request.user
    return (user.is_active and user.is_staff) or has_cookie(request)


def has_key(request: HttpRequest) -> bool:
    """Raises WrongAdminKey: whoever sends a key shall know that it is not taken."""
    given = request.headers.get(HEADER)
    if given is None:
        return False
    if not settings.ADMIN_API_KEY or not hmac.compare_digest(given.encode(), settings.ADMIN_API_KEY.encode()):
        raise WrongAdminKey
    return True


def has_cookie(request: HttpRequest) -> bool:
    return request.get_signed_cookie(COOKIE, default=None, salt=salt(), max_age=SECONDS) is not None


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Lets the browser come again without the key."""
    if HEADER in request.headers:
        response.set_signed_cookie(
            COOKIE,
            "opened",
            salt=salt(),
            max_age=SECONDS,
            path=PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )


def salt() -> str:
    """Another key makes another salt, so that it ends what was opened with the old one."""
    return f"{COOKIE}:{hashlib.sha256(settings.ADMIN_API_KEY.encode()).hexdigest()}"
