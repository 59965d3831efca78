"""Errors as RFC 9457 problem+json, the one form in which every error leaves the API."""

import logging
import math
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from qspro.errors import AppError, BadRequest, Forbidden, NotFound, NotSignedIn, TooMany, Unavailable, Violation
from qspro.logging import request_id_var
from qspro.renderers import JSONRenderer

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
DATABASE_RETRY_SECONDS = 5.0


class Internal(AppError):
    """Something we did not foresee; the log has it under the same request id."""


class MethodNotAllowed(AppError):
    code = "method_not_allowed"
    status = 405
    title = "This address does not take that method"


class UnsupportedMediaType(AppError):
    code = "unsupported_media_type"
    status = 415
    title = "Send JSON"


class BodyTooLarge(AppError):
    code = "body_too_large"
    status = 413
    title = "The request is too large"


class HeadersTooLarge(AppError):
    code = "headers_too_large"
    status = 431
    title = "The headers of the request are too large"


class NotAcceptable(AppError):
    code = "not_acceptable"
    status = 406
    title = "Only JSON is answered"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database does not answer just now"


class RateLimited(TooMany):
    code = "rate_limited"
    title = "This is asked too often"


class InvalidFields(BadRequest):
    code = "invalid_fields"
    title = "Some fields are not valid"


def problem(error: AppError) -> dict[str, Any]:
    """The body for `error`: type, title, status, detail, code, retryable, retryAfter?, violations?, requestId."""
    body: dict[str, Any] = {
        "type": f"urn:qspro:error:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "retryable": error.retryable,
        "requestId": request_id_var.get(),
    }
    if error.retry_after is not None:
        body["retryAfter"] = math.ceil(error.retry_after)
    if error.violations:
        body["violations"] = [{"field": v.field, "message": v.message} for v in error.violations]
    return body


def headers(error: AppError) -> dict[str, str]:
    found = {}
    if error.retry_after is not None:
        found["Retry-After"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        found["WWW-Authenticate"] = "Bearer"
    return found


def problem_response(error: AppError) -> HttpResponse:
    body = JSONRenderer().render(problem(error))
    return HttpResponse(body, status=error.status, headers=headers(error), content_type=CONTENT_TYPE)


def violations_of(detail: Any, path: str = "") -> list[Violation]:
    """Flattens a REST framework error detail: {"a": {"b": ["x"]}} gives a.b: x."""
    if isinstance(detail, dict):
        return [
            violation
            for field, inner in detail.items()
            for violation in violations_of(inner, f"{path}.{field}" if path else str(field))
        ]
    if isinstance(detail, list):
        return [violation for inner in detail for violation in violations_of(inner, path)]
    return [Violation(path or "body", str(detail))]


def translate(exc: Exception) -> AppError | None:
    """One of ours for one of REST framework's; None for what nobody foresaw."""
    if isinstance(exc, AppError):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        violations = tuple(violations_of(exc.detail))
        return InvalidFields("; ".join(f"{v.field}: {v.message}" for v in violations), violations=violations)
    if isinstance(exc, exceptions.ParseError):
        return BadRequest("The body is not valid JSON.")
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return NotSignedIn("Send an Authorization header or sign in.")
    if isinstance(exc, RequestDataTooBig):
        return BodyTooLarge(f"It may have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
    if isinstance(exc, exceptions.PermissionDenied):
        return Forbidden()
    if isinstance(exc, exceptions.MethodNotAllowed):
        return MethodNotAllowed()
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return UnsupportedMediaType("Send a JSON body with Content-Type: application/json.")
    if isinstance(exc, exceptions.NotAcceptable):
        return NotAcceptable()
    if isinstance(exc, OperationalError | InterfaceError):
        return unavailable(exc)
    return None


def unavailable(exc: OperationalError | InterfaceError) -> DatabaseUnavailable:
    logger.error("The database does not answer: %s", type(exc.__cause__ or exc).__name__)
    return DatabaseUnavailable(retry_after=DATABASE_RETRY_SECONDS)


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Not REST framework's Response: that is written in what was asked for, and the schema is to be had as YAML."""
    error = translate(exc)
    if error is None:
        return None
    set_rollback()
    return problem_response(error)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(NotFound("No such address."))


def server_error(request: HttpRequest) -> HttpResponse:
    return problem_response(Internal("This is our fault; the log has it under the request id."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(BadRequest(str(exception) if settings.DEBUG else ""))
