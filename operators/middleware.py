"""The gate before /admin/."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse

from operators.errors import AdminDisabled
from qspro.errors import BadRequest
from qspro.problems import RateLimited, problem_response
from tenants.throttling import Limit


class AdminGate:
    """Nobody gets to /admin/* while ADMIN_API_KEY is unset: a deployment that forgot it has no open sign-in page.

    Passwords are tried there, so many a minute. An address with a null character, which PostgreSQL takes in no text, is
    refused: Django's lists hand their filters on as they come. So do its actions with the rows that were chosen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if f"{request.path_info}/".startswith("/admin/"):
            if not settings.ADMIN_API_KEY:
                return problem_response(AdminDisabled("Set ADMIN_API_KEY to open them."))
            if any("\0" in value for values in request.GET.lists() for value in (values[0], *values[1])):
                return problem_response(BadRequest("The address has a null character in it."))
        if request.method == "POST" and request.path_info == settings.LOGIN_URL:
            try:
                Limit("admin_sign_in").spend(request)
            except RateLimited as exc:
                return problem_response(exc)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        listed = getattr(view, "model_admin", None)
        if listed is None or request.method != "POST":
            return None
        if all(is_id_of(listed.model, each) for each in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return None
        return problem_response(BadRequest("What was chosen in the list is no row's id."))


def is_id_of(model: type[models.Model], text: str) -> bool:
    try:
        model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True
