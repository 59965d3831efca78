"""REST's own words: errors, and the look at the token that each call begins with."""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.accounts import User
from mce_sandbox.calls import BodyTooLarge, finish_call, json_body, request_id_of, wait_latency
from mce_sandbox.clock import utc_now
from mce_sandbox.control.call_log import Call
from mce_sandbox.control.faults import transport_fault
from mce_sandbox.oauth.scopes import NEEDED
from mce_sandbox.oauth.tokens import Token
from mce_sandbox.world import Caller, World

DOCUMENTATION = "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/error-handling.html"


class RestError(Exception):
    """Answered with MCE's body of an error."""

    def __init__(
        self, status: int, message: str, *, code: int | None = None, retry_after: int | None = None,
        details: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.status = status
        self.body = _error(message, status if code is None else code)
        if details:
            self.body["additionalErrors"] = [_error(detail, 10000) for detail in details]
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, headers=self.headers)


def _error(message: str, code: int) -> dict[str, Any]:
    return {"documentation": DOCUMENTATION, "errorcode": code, "message": message}


async def json_given(request: Request) -> Any:
    """The body, JSON of any kind."""
    try:
        return await json_body(request)
    except ValueError as error:
        raise RestError(400, "The body is not JSON.") from error


async def json_object(request: Request) -> dict[str, Any]:
    """The body, a JSON object."""
    given = await json_given(request)
    if not isinstance(given, dict):
        raise RestError(400, "The body is not a JSON object.")
    return given


def positive(given: object) -> int:
    """A number from 1, of a size that any machine has."""
    if not re.fullmatch("0*[1-9][0-9]{0,8}", str(given)):
        raise RestError(400, "Pages, their sizes and categoryId must be positive numbers.")
    return int(str(given))


def not_found() -> RestError:
    return RestError(404, "Not Found")


def not_authorized() -> RestError:
    return RestError(401, "Not Authorized", code=0)


def rate_limited() -> RestError:
    return RestError(429, "Too Many Requests", code=50100, retry_after=1)


def rejected(messages: str, *, shape: str) -> RestError:
    """A query's SQL was not taken. MCE tells so in a message, or in a list of `errors` or `validationErrors`."""
    error = RestError(400, f"Error saving the Query field.<br />{messages}", code=10006)
    if shape != "message":
        error.body = {shape: [{"message": str(error)}]}
    return error


def ordered_error(kind: str, message: str) -> RestError | None:
    """An ordered fault in REST's words."""
    match kind:
        case "rate_limited":
            return rate_limited()
        case "token_expired" | "login_failed":
            return not_authorized()
        case "server_fault" | "error":
            return RestError(500, message, code=500)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class RestCaller(Caller):
    """Who asks, and the token they hold."""

    token: Token

    @property
    def user(self) -> User:
        """Who signed in; the client's own user if nobody did."""
        enterprise = self.unit.enterprise
        return enterprise.user(self.token.grant.user_id) or enterprise.app_user


Endpoint = Callable[[Request, RestCaller, Call], Awaitable[Response]]


def rest_call(
    operation: str, *, object_type: str = ""
) -> Callable[[Endpoint], Callable[[Request], Awaitable[Response]]]:
    """An endpoint behind latency, faults, token, scope and throttle; its call goes into the log as `operation`."""
    scope = NEEDED[operation]

    def decorate(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        @wraps(endpoint)
        async def wrapped(request: Request) -> Response:
            world: World = request.app.state.world
            began = time.perf_counter()
            key = request.path_params.get("key", "")
            call = Call(operation, object_type, key=key, request_id=request_id_of(request))
            try:
                response = await _around(world, request, call, endpoint, scope)
            except RestError as error:
                call.outcome, response = str(error), error.response()
            except BodyTooLarge:
                call.outcome, response = "too large", Response(status_code=413)
            outcome = call.outcome or ("OK" if response.status_code < 400 else "Error")
            finish_call(world, call, began=began, outcome=outcome, http_status=response.status_code)
            return response

        return wrapped

    return decorate


async def _around(world: World, request: Request, call: Call, endpoint: Endpoint, scope: str | None) -> Response:
    await wait_latency(world)
    if broken := await _ordered_fault(world, request, call, "before"):
        return broken
    response = await endpoint(request, _caller(world, request, call, scope), call)
    return await _ordered_fault(world, request, call, "after") or response


async def _ordered_fault(world: World, request: Request, call: Call, moment: str) -> Response | None:
    ordered = world.faults.take(call.operation, call.object_type, moment=moment)
    if ordered is None:
        return None
    call.outcome = f"fault: {ordered.kind}"
    if error := ordered_error(ordered.kind, ordered.message):
        return error.response()
    return await transport_fault(request, ordered)


def _caller(world: World, request: Request, call: Call, scope: str | None) -> RestCaller:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    token = world.tokens.find(given.strip()) if kind.lower() == "bearer" else None
    if token is None:
        raise not_authorized()
    call.mid, call.client_id = token.mid, token.client_id
    if token.expires_at <= utc_now():
        raise not_authorized()
    if scope is not None and scope not in token.grant.scopes:
        raise RestError(403, "Insufficient privileges to complete this action.")
    if not world.throttle.allows(token.mid):
        raise rate_limited()
    return RestCaller(world, world.units[token.mid], token)
