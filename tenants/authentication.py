"""REST framework's way to the caller, and what a caller may do."""

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from qspro import tracing
from qspro.errors import Forbidden
from qspro.logging import tenant_id_var
from tenants.callers import Caller
from tenants.errors import MissingScope
from tenants.roles import require
from tenants.services.sign_in import caller_of

if TYPE_CHECKING:
    # rest_framework.views imports this module, by the settings.
    from rest_framework.views import APIView


class CsrfFailed(Forbidden):
    code = "csrf_failed"
    title = "The CSRF token is missing or wrong"


class CallerAuthentication(BaseAuthentication):
    """`request.user` is a Caller. A session counts only together with its CSRF token."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        authorization = request.headers.get("Authorization")
        caller = caller_of(authorization=authorization, session=request._request.session)
        if caller is None:
            return None
        if not authorization:
            check_csrf(request)
        tenant_id_var.set(str(caller.tenant_id))
        tracing.tell({"qspro.tenant_id": str(caller.tenant_id)})
        return caller, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def the_caller(request: Request) -> Caller:
    """Who is asking, in a view that IsCaller guards."""
    caller = request.user
    assert isinstance(caller, Caller)
    return caller


def check_csrf(request: Request) -> None:
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request._request)
    if check.process_view(request._request, check_csrf, (), {}):  # type: ignore[arg-type]
        raise CsrfFailed("Send the csrftoken cookie's value as X-CSRFToken.")


class IsCaller(BasePermission):
    """Signed in, with the scope and at least the role that the view names for the method.

    scopes = {"GET": Scope.RUNS_READ}, roles = {"POST": Role.ADMIN}
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, Caller):
            return False
        needed = named(view, "scopes", request.method or "GET")
        if needed and needed not in request.user.scopes:
            raise MissingScope(f"The key needs the scope {needed}.")
        require(named(view, "roles", request.method or "GET"), role=request.user.role)
        return True


def named(view: "APIView", table: str, method: str) -> str | None:
    """What the view's `scopes` or `roles` say of the method."""
    found: dict[str, Any] = getattr(view, table, {})
    return found.get("GET" if method in SAFE_METHODS else method)
