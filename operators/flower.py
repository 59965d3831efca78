"""/admin/queues/: Flower, which listens on loopback alone, through our own address and behind our own door.

What changes something is not passed on, and neither is what Flower leaves unguarded: only the pages below, to be read.
"""

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote

import requests
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from operators.errors import FlowerUnavailable, WrongAdminKey
from operators.gate import PATH, may_enter, remember
from qspro.problems import problem_response

# Its pages, what they load, and what may be asked for as JSON. Not among them: /metrics, /healthcheck, /login.
PAGES = re.compile(
    r"|workers|tasks|tasks/datatable|broker|(worker|task|static)/.+"
    r"|api/(workers|tasks|task/types|task/info/.+|queues/length)"
)
# The list of tasks asks for its rows so, because its question is long.
READ_BY_POST = {"tasks/datatable"}
# A worker's page asks the worker, for a second each time.
TIMEOUT = (2, 15)
PASSED_ON = ("Content-Type", "Accept", "Accept-Language", "If-None-Match", "If-Modified-Since")
HANDED_BACK = ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Location")
# One of its pages has a script within.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; frame-ancestors 'none'"
)

View = Callable[..., HttpResponseBase]


def behind_the_gate(view: View) -> View:
    """A browser without anything is led to the sign-in; a key that is wrong is told so."""

    @wraps(view)
    def guarded(request: HttpRequest, path: str = "") -> HttpResponseBase:
        try:
            if not may_enter(request):
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        except WrongAdminKey as error:
            return problem_response(error)
        response = view(request, path)
        remember(request, response)
        return response

    return guarded


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@behind_the_gate
def queues(request: HttpRequest, path: str) -> HttpResponse:
    """Nothing that passes here changes anything, so that it needs no CSRF token."""
    if request.method == "POST" and path not in READ_BY_POST:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not PAGES.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise Http404
    try:
        answer = ask_flower(request, path)
    except requests.RequestException:
        return problem_response(FlowerUnavailable())
    response = HttpResponse(answer.content, status=answer.status_code)
    for name in HANDED_BACK:
        if name in answer.headers:
            response[name] = answer.headers[name]
    response["Content-Security-Policy"] = POLICY
    return response


def ask_flower(request: HttpRequest, path: str) -> requests.Response:
    """Raises requests.RequestException. No proxy from the environment stands between us and loopback."""
    address = f"{settings.FLOWER_URL}{PATH}/{quote(path, safe='/@')}"
    user, _, password = settings.FLOWER_BASIC_AUTH.partition(":")
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            request.method or "GET",
            f"{address}?{request.META['QUERY_STRING']}",
            headers={name: request.headers[name] for name in PASSED_ON if name in request.headers},
            data=request.body,
            auth=(user, password) if user else None,
            timeout=TIMEOUT,
            allow_redirects=False,
        )
