"""What each call of the token endpoint and the sign-in page goes through: latency, ordered faults, the call log."""

import time
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.calls import BodyTooLarge, finish_call, form_body, json_body, request_id_of, wait_latency
from mce_sandbox.control.call_log import Call
from mce_sandbox.control.faults import transport_fault
from mce_sandbox.oauth.errors import OAuthError
from mce_sandbox.world import World

Given = dict[str, Any]
Endpoint = Callable[[World, Request, Call, Given], Awaitable[Response]]
Read = Callable[[Request], Awaitable[Given]]


async def body_parameters(request: Request) -> Given:
    """The body, JSON or form."""
    try:
        if "json" not in request.headers.get("content-type", ""):
            return dict(await form_body(request))
        found = await json_body(request)
    except ValueError as error:
        raise OAuthError("invalid_request", "The body is neither JSON nor a form.") from error
    if not isinstance(found, dict):
        raise OAuthError("invalid_request", "The body is not a JSON object.")
    return found


async def query_parameters(request: Request) -> Given:
    return dict(request.query_params)


def oauth_call(operation: str, *, read: Read) -> Callable[[Endpoint], Callable[[Request], Awaitable[Response]]]:
    """An endpoint that gets its parameters read; its call goes into the log as `operation`."""

    def decorate(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        @wraps(endpoint)
        async def wrapped(request: Request) -> Response:
            world: World = request.app.state.world
            began, call = time.perf_counter(), Call(operation, request_id=request_id_of(request))
            try:
                response = await _around(world, request, call, endpoint, await read(request))
            except OAuthError as error:
                call.outcome, response = error.error, error.response()
            except BodyTooLarge:
                call.outcome, response = "too large", Response(status_code=413)
            finish_call(world, call, began=began, outcome=call.outcome or "OK", http_status=response.status_code)
            return response

        return wrapped

    return decorate


async def _around(world: World, request: Request, call: Call, endpoint: Endpoint, given: Given) -> Response:
    await wait_latency(world)
    call.client_id = str(given.get("client_id") or "")
    if broken := await _ordered_fault(world, request, call, "before"):
        return broken
    response = await endpoint(world, request, call, given)
    return await _ordered_fault(world, request, call, "after") or response


async def _ordered_fault(world: World, request: Request, call: Call, moment: str) -> Response | None:
    ordered = world.faults.take(call.operation, moment=moment)
    if ordered is None:
        return None
    call.outcome = f"fault: {ordered.kind}"
    if ordered.kind == "rate_limited":
        return JSONResponse({"errorcode": 50100, "message": "Too Many Requests"}, 429, {"Retry-After": "1"})
    if ordered.kind in ("error", "server_fault", "token_expired", "login_failed"):
        return OAuthError("invalid_client", ordered.message, 401).response()
    return await transport_fault(request, ordered)
