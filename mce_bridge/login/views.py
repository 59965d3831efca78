"""GET /auth/mce/...: where browsers go to sign in with Marketing Cloud, and out."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mce_bridge.errors import SignInOutdated, SignInRefused
from mce_bridge.login.authorization import begin, take
from mce_bridge.login.services import finish
from qspro.problems import translate
from tenants.services.sign_in import begin_session, end_session
from tenants.throttling import LimitedByAddress


@method_decorator(never_cache, name="dispatch")
class BrowserView(LimitedByAddress, APIView):
    """A browser that cannot be served goes to our start page, which says why; a program gets problem+json."""

    authentication_classes = ()
    permission_classes = ()
    schema = None
    limit = "sign_in"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever a browser accepts, it can be sent elsewhere."""
        return super().perform_content_negotiation(request, force=True)

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        error = translate(exc)
        if error and "text/html" in self.request.headers.get("Accept", ""):
            response["Location"] = f"/?{urlencode({'signInError': error.code})}"
            response.status_code = 302
        return response


class LoginView(BrowserView):
    """GET /auth/mce/login?subdomain=&next="""

    def get(self, request: Request) -> HttpResponseBase:
        asked = request.query_params
        address = begin(request._request.session, subdomain=asked.get("subdomain", ""), next_url=asked.get("next", "/"))
        return HttpResponseRedirect(address)


class CallbackView(BrowserView):
    """GET /auth/mce/callback?code=&state=, or ?error=&state="""

    def get(self, request: Request) -> HttpResponseBase:
        told, session = request.query_params, request._request.session
        sign_in = take(session, told.get("state", ""))
        if "error" in told:
            raise SignInRefused
        if not told.get("code"):
            raise SignInOutdated("Marketing Cloud sent no code.")
        caller = finish(sign_in, code=told["code"], tenant_subdomain=told.get("tssd"))
        begin_session(session, caller)
        rotate_token(request._request)
        return HttpResponseRedirect(sign_in.next_url)


class LogoutView(BrowserView):
    """GET /auth/mce/logout: what Marketing Cloud opens in its frame when somebody signs out there."""

    def get(self, request: Request) -> HttpResponseBase:
        end_session(request._request.session)
        return HttpResponseRedirect("/")
