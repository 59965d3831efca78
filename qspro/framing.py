"""Who may show our pages in a frame: nobody, or Marketing Cloud where EMBEDDED_IN_MCE says so. Never the admin."""

from collections.abc import Callable
from http.cookies import Morsel

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NOBODY = "'none'"
# Where Marketing Cloud's own pages live.
MCE_PAGES = "https://*.exacttarget.com https://*.marketingcloudapps.com https://*.salesforce.com"


class PartitionedMorsel(Morsel):
    """Django's cookies do not know the attribute yet, nor do Python's before 3.14."""

    _reserved = {**Morsel._reserved, "partitioned": "Partitioned"}  # type: ignore[attr-defined]
    _flags = Morsel._flags | {"partitioned"}  # type: ignore[attr-defined]


class FramingMiddleware:
    """Says which sites may frame the page, and lets our cookies live in a frame of theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        embedded = settings.EMBEDDED_IN_MCE and not request.path_info.startswith("/admin")
        ancestors = f"frame-ancestors {MCE_PAGES if embedded else NOBODY}"
        policy = response.get("Content-Security-Policy", "")
        if "frame-ancestors" not in policy:
            response["Content-Security-Policy"] = f"{policy}; {ancestors}" if policy else ancestors
        if embedded:
            # It knows no list of sites, and browsers that know none but it would show nothing.
            del response["X-Frame-Options"]
        if settings.EMBEDDED_IN_MCE:
            partition_cookies(response)
        return response


def partition_cookies(response: HttpResponse) -> None:
    """Browsers keep a cookie of another site's frame only in a jar of that site's own."""
    for name, morsel in list(response.cookies.items()):
        partitioned: PartitionedMorsel = PartitionedMorsel()
        partitioned.set(name, morsel.value, morsel.coded_value)
        partitioned.update({key: value for key, value in morsel.items() if value != ""})
        partitioned["partitioned"] = True
        response.cookies[name] = partitioned
