"""POST /v2/token: client credentials for a token of one business unit."""

import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.accounts import enterprise_of_client
from mce_sandbox.calls import BodyTooLarge, finish_call, limited_body, wait_latency
from mce_sandbox.clock import utc_now
from mce_sandbox.control.call_log import Call
from mce_sandbox.control.faults import transport_fault
from mce_sandbox.world import World

ERROR_URI = "https://developer.salesforce.com/docs"


class OAuthError(Exception):
    """Answered as RFC 6749 says, with MCE's error_uri."""

    def __init__(self, error: str, description: str, status: int) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        body = {"error": self.error, "error_description": self.description, "error_uri": ERROR_URI}
        return JSONResponse(body, self.status)


async def token(request: Request) -> Response:
    """One token request."""
    world: World = request.app.state.world
    began, call = time.perf_counter(), Call("Token")
    try:
        response = await _answer(world, request, call)
    except OAuthError as error:
        call.outcome, response = error.error, error.response()
    except BodyTooLarge:
        call.outcome, response = "too large", Response(status_code=413)
    finish_call(world, call, began=began, outcome=call.outcome or "OK", http_status=response.status_code)
    return response


async def _answer(world: World, request: Request, call: Call) -> Response:
    await wait_latency(world)
    given = await _parameters(request)
    call.client_id = str(given.get("client_id", ""))
    if broken := await _ordered_fault(world, request, call, "before"):
        return broken
    body = _issue(world, request, call, given)
    return await _ordered_fault(world, request, call, "after") or JSONResponse(
        body, headers={"cache-control": "no-store"}
    )


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


async def _parameters(request: Request) -> dict[str, Any]:
    """The body, JSON or form."""
    if "json" not in request.headers.get("content-type", ""):
        async with request.form(max_fields=30, max_files=0) as form:
            return dict(form)
    try:
        found = json.loads(await limited_body(request))
    except ValueError as error:
        raise OAuthError("invalid_request", "The body is not JSON.", 400) from error
    if not isinstance(found, dict):
        raise OAuthError("invalid_request", "The body is not a JSON object.", 400)
    return found


def _issue(world: World, request: Request, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    enterprise = enterprise_of_client(str(given.get("client_id", "")))
    if enterprise is None or given.get("client_secret") != enterprise.client_secret:
        raise OAuthError(
            "invalid_client",
            "Invalid client ID. Use the client ID in Marketing Cloud Installed Packages.",
            401,
        )
    if given.get("grant_type") != "client_credentials":
        raise OAuthError("unsupported_grant_type", "The grant type is not supported.", 400)
    mid = str(given.get("account_id") or enterprise.id)
    if not mid.isdecimal() or int(mid) not in enterprise.mids:
        # What MCE says to another enterprise's account_id is not known; RFC 6749's nearest word.
        raise OAuthError("invalid_request", "The account_id is not one of this client's.", 400)
    call.mid = int(mid)
    seconds = world.dials.token_seconds
    text, issued = world.tokens.issue(
        enterprise, mid=int(mid), scope=str(given.get("scope") or ""), user_id="", now=utc_now(), seconds=seconds
    )
    base = str(request.base_url)
    return {
        "access_token": text,
        "token_type": "Bearer",
        "expires_in": seconds,
        "scope": " ".join(sorted(issued.scopes)),
        "soap_instance_url": base,
        "rest_instance_url": base,
    }
