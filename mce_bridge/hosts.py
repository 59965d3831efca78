"""Which addresses are a tenant's own. Nothing is ever sent to another.

MCE's are https://<subdomain>.{auth,soap,rest}.marketingcloudapis.com/. A sandbox's are allowed where its origin is that
of the setting MCE_SANDBOX_URL, which is empty in production.
"""

import re
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings

from mce_bridge.errors import AddressRefused, BadSubdomain

Part = Literal["auth", "soap", "rest"]
SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def own_address(url: str, *, subdomain: str, part: Part) -> str:
    """`url` with a slash at its end, if it is the tenant's own; else raises AddressRefused."""
    address = url if url.endswith("/") else f"{url}/"
    if not (is_sandbox(address) or is_own(address, subdomain=subdomain, part=part)):
        raise AddressRefused
    return address


def sign_in_address(subdomain: str) -> str:
    """Where the users of a subdomain sign in; beside a sandbox always there. Raises BadSubdomain."""
    if not SUBDOMAIN.fullmatch(subdomain):
        raise BadSubdomain("It is the part of your Marketing Cloud addresses before .auth.marketingcloudapis.com.")
    return origin(settings.MCE_SANDBOX_URL) if settings.MCE_SANDBOX_URL else default_auth_url(subdomain)


def default_auth_url(subdomain: str) -> str:
    return f"https://{subdomain}.auth.marketingcloudapis.com/"


def is_own(address: str, *, subdomain: str, part: Part) -> bool:
    # Compared whole, so that no user name, port, path or trick of spelling can be in it.
    return bool(SUBDOMAIN.fullmatch(subdomain)) and address == (f"https://{subdomain}.{part}.marketingcloudapis.com/")


def is_sandbox(address: str) -> bool:
    return bool(settings.MCE_SANDBOX_URL) and address == origin(settings.MCE_SANDBOX_URL)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
