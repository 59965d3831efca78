"""POST /v2/token and GET /v2/userinfo."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.control.call_log import Call
from mce_sandbox.oauth.calls import Given, body_parameters, oauth_call
from mce_sandbox.oauth.exchanging import authenticate, find_grant, token_answer
from mce_sandbox.rest.answers import RestCaller, rest_call
from mce_sandbox.world import World


@oauth_call("Token", read=body_parameters)
async def token(world: World, request: Request, call: Call, given: Given) -> Response:
    """An access token for client credentials, a code or a refresh token."""
    grant = find_grant(world, authenticate(given), given)
    call.mid = grant.mid
    refreshable = given["grant_type"] != "client_credentials"
    answer = token_answer(world, request, grant, refreshable=refreshable)
    return JSONResponse(answer, headers={"cache-control": "no-store"})


@rest_call("UserInfo")
async def userinfo(request: Request, caller: RestCaller, call: Call) -> Response:
    """Who the token's user is, and where: `sub` is a text, the organization's ids are numbers."""
    user, unit, base = caller.user, caller.unit, str(request.base_url)
    return JSONResponse(
        {
            "exp": int(caller.token.expires_at.timestamp()),
            "iss": base,
            "user": {
                "sub": str(user.number),
                "name": user.name,
                "preferred_username": user.email,
                "email": user.email,
                "locale": "en-US",
                "zoneinfo": "UTC",
            },
            "organization": {
                "member_id": unit.mid,
                "enterprise_id": unit.enterprise.id,
                "enterprise_name": unit.enterprise.name,
                "account_type": "enterprise",
                "locale": "en-US",
                "zoneinfo": "UTC",
            },
            "rest": {"rest_instance_url": base, "soap_instance_url": base},
            "application": {
                "id": caller.token.client_id,
                "name": caller.token.client_id,
                "appScopes": sorted(caller.token.grant.scopes),
            },
        }
    )
