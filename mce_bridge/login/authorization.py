"""The way to Marketing Cloud's sign-in page, and what the browser's session remembers until it is back."""

import time
from dataclasses import asdict, dataclass
from typing import Any

from authlib.common.security import generate_token
from authlib.oauth2.client import OAuth2Client
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.http import url_has_allowed_host_and_scheme

from mce_bridge.errors import SignInNotSetUp, SignInOutdated
from mce_bridge.hosts import sign_in_address

SESSION_KEY = "mce_sign_ins"
CALLBACK = "/auth/mce/callback"
# Nobody takes longer; and of many tabs in which somebody began, the newest few count.
LIFETIME_SECONDS = 600
MOST = 5


@dataclass(frozen=True)
class SignIn:
    """A sign-in that was begun. It holds the verifier: it stands in the server's session, never in an address."""

    subdomain: str
    auth_url: str
    verifier: str
    next_url: str
    began: float


def begin(session: SessionBase, *, subdomain: str, next_url: str) -> str:
    """Where to send the browser. Raises BadSubdomain, SignInNotSetUp."""
    if not settings.MCE_CLIENT_ID:
        raise SignInNotSetUp
    auth_url = sign_in_address(subdomain)
    sign_in = SignIn(subdomain, auth_url, generate_token(64), own_page(next_url), time.time())
    client = OAuth2Client(
        session=None,
        client_id=settings.MCE_CLIENT_ID,
        redirect_uri=redirect_uri(),
        code_challenge_method="S256",
    )
    address, state = client.create_authorization_url(f"{auth_url}v2/authorize", code_verifier=sign_in.verifier)
    begun = list(pending(session).items())[1 - MOST :]
    session[SESSION_KEY] = {**dict(begun), state: asdict(sign_in)}
    return str(address)


def take(session: SessionBase, state: str) -> SignIn:
    """The sign-in that this browser began under `state`; it is good once. Raises SignInOutdated."""
    begun = pending(session)
    found = begun.pop(state, None)
    session[SESSION_KEY] = begun
    if found is None:
        raise SignInOutdated
    sign_in = SignIn(**found)
    if time.time() - sign_in.began > LIFETIME_SECONDS:
        raise SignInOutdated
    return sign_in


def pending(session: SessionBase) -> dict[str, Any]:
    return dict(session.get(SESSION_KEY, {}))


def redirect_uri() -> str:
    return f"{settings.PUBLIC_URL}{CALLBACK}"


def own_page(address: str) -> str:
    """`address` if it is a path on our own site, else the start page."""
    is_own = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_own else "/"
