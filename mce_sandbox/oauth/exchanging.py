"""The three grants of the token endpoint, each exchanged for an access token of one business unit."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from mce_sandbox.accounts import SHARED_APP, App, find_app
from mce_sandbox.clock import utc_now
from mce_sandbox.oauth.errors import OAuthError, invalid_client
from mce_sandbox.oauth.grants import Grant
from mce_sandbox.oauth.scopes import granted
from mce_sandbox.world import World

Given = Mapping[str, Any]


def authenticate(given: Given) -> App:
    """The client. Raises OAuthError for a wrong id or secret."""
    app = find_app(text(given, "client_id"))
    if app is None or text(given, "client_secret") != app.client_secret:
        raise invalid_client()
    return app


def find_grant(world: World, app: App, given: Given) -> Grant:
    """What the request is entitled to. Codes and refresh tokens end here."""
    match text(given, "grant_type"):
        case "client_credentials":
            return _of_client(app, given)
        case "authorization_code":
            return _of_code(world, app, given)
        case "refresh_token":
            return _of_refresh_token(world, app, given)
        case _:
            raise OAuthError("unsupported_grant_type", "The grant type is not supported.")


def token_answer(world: World, request: Request, grant: Grant, *, refreshable: bool) -> dict[str, Any]:
    """A new access token for a grant; with a new refresh token, unless the client signed in for itself."""
    seconds = world.dials.token_seconds
    base = str(request.base_url)
    answer = {
        "access_token": world.tokens.issue(grant, now=utc_now(), seconds=seconds),
        "token_type": "Bearer",
        "expires_in": seconds,
        "scope": " ".join(sorted(grant.scopes)),
        "soap_instance_url": base,
        "rest_instance_url": base,
    }
    return answer | {"refresh_token": world.tokens.refresh_tokens.issue(grant)} if refreshable else answer


def _of_client(app: App, given: Given) -> Grant:
    if app is SHARED_APP:
        raise OAuthError("unauthorized_client", "The client is not authorized to use this grant type.")
    (enterprise,) = app.enterprises
    mid = text(given, "account_id") or str(enterprise.id)
    if mid not in map(str, enterprise.mids):
        # What MCE says to another enterprise's account_id is not known; RFC 6749's nearest word.
        raise OAuthError("invalid_request", "The account_id is not one of this client's.")
    return Grant(enterprise.client_id, enterprise.app_user.id, int(mid), granted(text(given, "scope")))


def _of_code(world: World, app: App, given: Given) -> Grant:
    code = world.tokens.codes.use(text(given, "code"), now=utc_now())
    if code is None or code.grant.client_id != app.client_id:
        raise OAuthError("invalid_grant", "The authorization code is invalid, expired or already used.")
    if code.redirect_uri != text(given, "redirect_uri"):
        raise OAuthError("invalid_grant", "The redirect_uri is not the one that the code was sent to.")
    if not code.is_answered_by(text(given, "code_verifier")):
        raise OAuthError("invalid_grant", "The code_verifier does not match the code_challenge.")
    return code.grant


def _of_refresh_token(world: World, app: App, given: Given) -> Grant:
    held = text(given, "refresh_token")
    grant = world.tokens.refresh_tokens.find(held)
    if grant is None or grant.client_id != app.client_id:
        raise OAuthError("invalid_grant", "The refresh token is invalid, expired or already used.")
    scopes = granted(text(given, "scope"), at_most=grant.scopes)
    world.tokens.refresh_tokens.end(held)
    return Grant(grant.client_id, grant.user_id, grant.mid, scopes)


def text(given: Given, name: str) -> str:
    """A parameter; '' when it is missing. JSON's numbers count as texts."""
    value = given.get(name)
    return "" if value is None else str(value)
