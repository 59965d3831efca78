"""/platform/v1: whose token it is; and what there is not."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.control.call_log import Call
from mce_sandbox.rest.answers import RestCaller, RestError, rest_call


@rest_call("TokenContext")
async def token_context(request: Request, caller: RestCaller, call: Call) -> Response:
    return JSONResponse(
        {
            "enterprise": {"id": caller.unit.enterprise.id},
            "organization": {"id": caller.unit.mid},
            "user": {"id": caller.user.number},
        }
    )


async def nothing_here(request: Request, error: Exception) -> Response:
    """An address that the sandbox does not have, in MCE's words."""
    return RestError(404, "Not Found").response()


async def wrong_method(request: Request, error: Exception) -> Response:
    return RestError(405, "Method Not Allowed").response()
