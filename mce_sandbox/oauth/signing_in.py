"""GET and POST /v2/authorize: the page on which somebody says who they are and in which business unit."""

import re
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mce_sandbox.accounts import App, Enterprise, find_app
from mce_sandbox.calls import form_body
from mce_sandbox.clock import utc_now
from mce_sandbox.control.call_log import Call
from mce_sandbox.oauth.calls import Given, oauth_call, query_parameters
from mce_sandbox.oauth.errors import OAuthError
from mce_sandbox.oauth.grants import Code, Grant
from mce_sandbox.oauth.scopes import granted
from mce_sandbox.pages import page
from mce_sandbox.world import World

TEMPLATE = "oauth/sign_in.html"
# Nothing in it may end a header or a directive of a policy.
REDIRECT_URI = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:(?P<port>[0-9]{1,5}))?([/?][!-\"$-~]*)?")
# Apps stand in a frame of Marketing Cloud's own pages, and sign their users in there.
OWN_PAGES = "https://*.exacttarget.com https://*.marketingcloudapps.com"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


async def _query_and_form(request: Request) -> Given:
    """What the client asked for in the address, what was chosen in the form."""
    try:
        return await form_body(request) | await query_parameters(request)
    except ValueError as error:
        raise OAuthError("invalid_request", "The form cannot be read.") from error


@oauth_call("Authorize", read=query_parameters)
async def show(world: World, request: Request, call: Call, given: Given) -> Response:
    """The page, or the way back with an error if the request cannot be granted whoever signs in."""
    app = _client(given)
    try:
        scopes = _checked(given)
    except OAuthError as error:
        call.outcome = error.error
        return _back(given, error=error.error, error_description=error.description)
    back = urlsplit(given["redirect_uri"])
    return page(
        TEMPLATE,
        # Browsers hold the redirects that follow a form to the policy too: where the client lives, on any port.
        forms_lead_to=f"{back.scheme}://{back.netloc.removesuffix(f':{back.port}')}:*",
        framed_by=OWN_PAGES,
        app=app,
        scopes=sorted(scopes),
        query=request.url.query,
        client_address=f"{back.scheme}://{back.netloc}",
        units={unit.mid: unit.name for enterprise in app.enterprises for unit in enterprise.business_units},
    )


@oauth_call("SignIn", read=_query_and_form)
async def sign_in(world: World, request: Request, call: Call, given: Given) -> Response:
    """The way back: with a code, or with the error that was chosen or earned."""
    app = _client(given)
    try:
        enterprise, grant = _chosen(app, given)
    except OAuthError as error:
        call.outcome = error.error
        return _back(given, error=error.error, error_description=error.description)
    call.mid = grant.mid
    until = utc_now() + timedelta(seconds=world.dials.code_seconds)
    code = Code(grant, given["redirect_uri"], given.get("code_challenge", ""), until)
    return _back(given, code=world.tokens.codes.issue(code), tssd=enterprise.subdomain)


def _client(given: Given) -> App:
    """Without a known client and an address of its own there is no way back: an error here and now."""
    app = find_app(given.get("client_id", ""))
    if app is None:
        raise OAuthError("invalid_client", "There is no client with this client_id.", 401)
    found = REDIRECT_URI.fullmatch(given.get("redirect_uri", ""))
    if not found or int(found["port"] or 443) > 65535:
        raise OAuthError("invalid_request", "redirect_uri must be an http or https address without a fragment.")
    return app


def _checked(given: Given) -> frozenset[str]:
    """The scopes asked for. Raises OAuthError for a request that the client has to mend."""
    if given.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code.")
    challenge, method = given.get("code_challenge", ""), given.get("code_challenge_method", "")
    if (challenge or method) and (method != "S256" or not CHALLENGE.fullmatch(challenge)):
        raise OAuthError("invalid_request", "code_challenge must be of the method S256.")
    return granted(given.get("scope", ""))


def _chosen(app: App, given: Given) -> tuple[Enterprise, Grant]:
    scopes = _checked(given)
    if "cancel" in given:
        raise OAuthError("access_denied", "The user did not sign in.")
    for enterprise in app.enterprises:
        for user in enterprise.users:
            for mid in user.mids:
                if (user.id, str(mid)) == (given.get("user"), given.get("account_id")):
                    return enterprise, Grant(app.client_id, user.id, mid, scopes)
    raise OAuthError("access_denied", "The user does not exist or may not use this business unit.")


def _back(given: Given, **told: str) -> Response:
    address: str = given["redirect_uri"]
    if "state" in given:
        told["state"] = given["state"]
    joint = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joint}{urlencode(told)}", 302, headers={"cache-control": "no-store"})
