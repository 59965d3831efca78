"""Who came back from Marketing Cloud's sign-in page: the code is exchanged for tokens, the tokens tell the user."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from mce_bridge.account import read_json
from mce_bridge.deadline import Deadline
from mce_bridge.errors import ConnectionBroken, SignInRefused, UnreadableAnswer
from mce_bridge.login.authorization import SignIn, redirect_uri
from mce_bridge.tokens import Fetched, ask_for_token
from mce_bridge.transport import Request, logged, send

# For both calls together.
SECONDS = 20


@dataclass(frozen=True)
class Person:
    """What `userinfo` says. The enterprise is the tenant, the MID the business unit that was chosen."""

    enterprise_id: str
    enterprise_name: str
    mid: int
    mce_user_id: str
    name: str
    email: str


def meet(sign_in: SignIn, code: str) -> tuple[Person, Fetched]:
    """Raises SignInRefused, and whatever stands between us and Marketing Cloud."""
    deadline = Deadline.after(SECONDS)
    fetched = exchange(sign_in, code, deadline)
    request = Request(
        method="GET",
        url=f"{sign_in.auth_url}v2/userinfo",
        accepts=("application/json",),
        headers={"Authorization": f"Bearer {fetched.access_token}"},
    )
    with logged(operation="userinfo", about="User"):
        told = read_json(send(request, deadline=deadline))
    return read_person(told), fetched


def exchange(sign_in: SignIn, code: str, deadline: Deadline) -> Fetched:
    body = {
        "grant_type": "authorization_code",
        "client_id": settings.MCE_CLIENT_ID,
        "client_secret": settings.MCE_CLIENT_SECRET,
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": sign_in.verifier,
    }
    try:
        return ask_for_token(auth_url=sign_in.auth_url, subdomain=sign_in.subdomain, body=body, deadline=deadline)
    except ConnectionBroken:
        raise SignInRefused("Marketing Cloud does not take its own code: it was used, or it is too old.") from None


def read_person(told: Any) -> Person:
    """Raises UnreadableAnswer for an answer that does not say who it is about."""
    try:
        user, organization = told["user"], told["organization"]
        return Person(
            enterprise_id=str(number(organization["enterprise_id"])),
            enterprise_name=text(organization.get("enterprise_name"), 200) or f"{organization['enterprise_id']}",
            mid=number(organization["member_id"]),
            mce_user_id=subject(user["sub"]),
            name=text(user.get("name"), 200),
            email=text(user.get("email"), 254),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        raise UnreadableAnswer from None


def number(value: Any) -> int:
    """MCE's ids: whole numbers, also where they come as texts. The database's bigint holds them."""
    digits = identity(value)
    if not (digits.isascii() and digits.isdigit()) or not 0 < int(digits) < 2**63:
        raise ValueError
    return int(digits)


def subject(value: Any) -> str:
    found = identity(value)
    if not found.isprintable() or not 0 < len(found) <= 100:
        raise ValueError
    return found


def identity(value: Any) -> str:
    """A text or a whole number. Whatever else has a text too, and that would be the same for everybody."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError
    return str(value)


def text(value: Any, most: int) -> str:
    """Shown to people: one line, and no longer than its column."""
    return "".join(each for each in value if each.isprintable())[:most] if isinstance(value, str) else ""
