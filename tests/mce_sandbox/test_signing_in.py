"""Signing in: the page, the code it gives, and what a client gets for it."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.mce_sandbox.client import SECRETS, Mce, equals

BACK = "http://localhost:8123/callback?from=mce"
ASKED = {"response_type": "code", "client_id": "northwind-app", "redirect_uri": BACK, "state": "xyz &?"}
BOB = {"user": "u-bob", "account_id": "7001002"}
VERIFIER = "a-verifier-of-more-than-forty-three-characters-in-all"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def sign_in(http: httpx.Client, *, asked: dict[str, str] | None = None, chosen: dict[str, str] = BOB) -> dict[str, str]:
    """Presses a button of the page; answers what the client is told on the way back."""
    answer = http.post("/v2/authorize", params=ASKED | (asked or {}), data=chosen)
    assert answer.status_code == 302, answer.text
    address = urlsplit(answer.headers["location"])
    assert address._replace(query="").geturl() == "http://localhost:8123/callback"
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def exchange(http: httpx.Client, **given: str) -> httpx.Response:
    client = {"client_id": "northwind-app", "client_secret": SECRETS["northwind-app"]}
    return http.post("/v2/token", json=client | given)


def exchange_code(http: httpx.Client, code: str, **given: str) -> httpx.Response:
    return exchange(http, grant_type="authorization_code", code=code, **{"redirect_uri": BACK, **given})


class Buttons(HTMLParser):
    """The buttons of a page, each with its form's hidden fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.actions: set[str | None] = set()
        self.hidden: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.hidden = {}
            self.actions.add(given["action"])
        elif tag == "input":
            self.hidden[f"{given['name']}"] = given["value"]
        elif tag == "button":
            self.found.append(self.hidden | {f"{given['name']}": given["value"]})


def test_the_page_offers_every_user_in_each_of_their_business_units(http: httpx.Client) -> None:
    page = http.get("/v2/authorize", params=ASKED)
    assert page.status_code == 200
    buttons = Buttons(page.text)
    assert buttons.found == [
        {"user": "u-alice", "account_id": "7001001"},
        {"user": "u-alice", "account_id": "7001002"},
        {"user": "u-bob", "account_id": "7001001"},
        {"user": "u-bob", "account_id": "7001002"},
        {"cancel": "yes"},
    ]
    # The forms keep what the client asked for.
    assert buttons.actions == {f"?{page.request.url.query.decode()}"}


def test_the_page_loads_nothing_and_runs_nothing(http: httpx.Client) -> None:
    page = http.get("/v2/authorize", params=ASKED)
    assert page.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self' http://localhost:*; base-uri 'none'; "
        "frame-ancestors https://*.exacttarget.com https://*.marketingcloudapps.com"
    )
    assert page.headers["referrer-policy"] == "same-origin"
    assert "<script" not in page.text
    assert http.get("/pages.css").headers["content-type"] == "text/css; charset=utf-8"


def test_what_a_client_sends_is_shown_as_text(http: httpx.Client) -> None:
    page = http.get("/v2/authorize", params=ASKED | {"state": '"><script>alert(1)</script>'})
    assert "<script" not in page.text


def test_a_code_leads_to_tokens_of_the_chosen_business_unit(http: httpx.Client, mce: Mce) -> None:
    back = sign_in(http)
    assert (back["state"], back["tssd"], back["from"]) == ("xyz &?", "mc-northwind", "mce")
    answer = exchange_code(http, back["code"]).json()
    assert set(answer) == {
        "access_token", "token_type", "expires_in", "scope", "soap_instance_url", "rest_instance_url",
        "refresh_token",
    }  # fmt: skip
    mce.token = answer["access_token"]
    assert mce.rest("GET", "/v2/userinfo").json()["user"] == {
        "sub": "502", "name": "Bob Northwind", "preferred_username": "bob@northwind.example",
        "email": "bob@northwind.example", "locale": "en-US", "zoneinfo": "UTC",
    }  # fmt: skip
    assert mce.rest("GET", "/auth/v2/userinfo").json()["organization"]["member_id"] == 7001002
    found = mce.retrieve("DataExtension", "CustomerKey", equals("Name", "Customers"))
    assert found.texts("Results/CustomerKey") == ["cust-master-7001002"]


def test_a_code_is_good_for_one_exchange(http: httpx.Client) -> None:
    code = sign_in(http)["code"]
    assert exchange_code(http, code).status_code == 200
    again = exchange_code(http, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_does_not_wait_long(http: httpx.Client) -> None:
    http.patch("/control/dials", json={"code_seconds": 0})
    assert exchange_code(http, sign_in(http)["code"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({}, {"redirect_uri": "http://localhost:8123/callback"}),
        ({}, {"redirect_uri": ""}),
        ({}, {"client_id": "globex-app", "client_secret": SECRETS["globex-app"]}),
        (PKCE, {}),
        (PKCE, {"code_verifier": VERIFIER[:-1]}),
        ({}, {"code_verifier": VERIFIER}),
    ],
)
def test_a_code_is_for_its_client_its_address_and_its_verifier(
    http: httpx.Client, asked: dict[str, str], given: dict[str, str]
) -> None:
    answer = exchange_code(http, sign_in(http, asked=asked)["code"], **given)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_right_verifier_opens_a_challenged_code(http: httpx.Client) -> None:
    assert exchange_code(http, sign_in(http, asked=PKCE)["code"], code_verifier=VERIFIER).status_code == 200


def test_refresh_tokens_rotate(http: httpx.Client, mce: Mce) -> None:
    first = exchange_code(http, sign_in(http)["code"]).json()["refresh_token"]
    answer = exchange(http, grant_type="refresh_token", refresh_token=first).json()
    assert answer["refresh_token"] != first
    mce.token = answer["access_token"]
    assert mce.rest("GET", "/v2/userinfo").json()["user"]["sub"] == "502"
    assert exchange(http, grant_type="refresh_token", refresh_token=first).json()["error"] == "invalid_grant"
    assert exchange(http, grant_type="refresh_token", refresh_token=answer["refresh_token"]).status_code == 200


def test_another_client_neither_uses_nor_ends_a_refresh_token(http: httpx.Client) -> None:
    held = exchange_code(http, sign_in(http)["code"]).json()["refresh_token"]
    globex = {"client_id": "globex-app", "client_secret": SECRETS["globex-app"]}
    stolen = exchange(http, grant_type="refresh_token", refresh_token=held, **globex)
    assert stolen.json()["error"] == "invalid_grant"
    assert exchange(http, grant_type="refresh_token", refresh_token=held).status_code == 200


def test_a_refresh_can_narrow_scopes_and_never_widen_them(http: httpx.Client) -> None:
    code = sign_in(http, asked={"scope": "automations_read data_extensions_read"})["code"]
    held = exchange_code(http, code).json()["refresh_token"]
    wide = exchange(http, grant_type="refresh_token", refresh_token=held, scope="data_extensions_write")
    assert wide.json()["error"] == "invalid_scope"
    narrow = exchange(http, grant_type="refresh_token", refresh_token=held, scope="automations_read")
    assert narrow.json()["scope"] == "automations_read"


def test_expiring_tokens_spares_refresh_tokens_unless_asked(http: httpx.Client) -> None:
    held = exchange_code(http, sign_in(http)["code"]).json()["refresh_token"]
    http.post("/control/tokens/expire")
    held = exchange(http, grant_type="refresh_token", refresh_token=held).json()["refresh_token"]
    http.post("/control/tokens/expire", json={"refresh_tokens": True})
    assert exchange(http, grant_type="refresh_token", refresh_token=held).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("asked", "chosen", "error"),
    [
        ({}, {"cancel": "yes"}, "access_denied"),
        ({}, {"user": "u-bob", "account_id": "7001000"}, "access_denied"),
        ({}, {"user": "u-mallory", "account_id": "8002001"}, "access_denied"),
        ({}, {}, "access_denied"),
        ({"response_type": "token"}, BOB, "unsupported_response_type"),
        ({"scope": "everything"}, BOB, "invalid_scope"),
        ({"code_challenge": CHALLENGE}, BOB, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, BOB, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, BOB, "invalid_request"),
    ],
)
def test_an_error_goes_back_to_the_client(
    http: httpx.Client, asked: dict[str, str], chosen: dict[str, str], error: str
) -> None:
    back = sign_in(http, asked=asked, chosen=chosen)
    assert (back["error"], back["state"], "code" in back) == (error, "xyz &?", False)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": "nobody"},
        {"redirect_uri": ""},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "//elsewhere.example/"},
        {"redirect_uri": "http://localhost:99999/"},
        {"redirect_uri": "http://localhost/#fragment"},
        {"redirect_uri": "http://localhost;script-src *"},
        {"redirect_uri": "http://localhost/\r\nset-cookie: a=b"},
    ],
)
def test_nobody_is_sent_to_an_unknown_client_or_a_doubtful_address(
    http: httpx.Client, method: str, asked: dict[str, str]
) -> None:
    answer = http.request(method, "/v2/authorize", params=ASKED | asked)
    assert (answer.status_code, "location" in answer.headers) == (400 if "redirect_uri" in asked else 401, False)


def test_the_log_tells_who_signed_in_but_no_code(http: httpx.Client) -> None:
    http.delete("/control/calls")
    http.get("/v2/authorize", params=ASKED)
    code = sign_in(http)["code"]
    held = exchange_code(http, code).json()["refresh_token"]
    log = http.get("/control/calls")
    assert [(call["operation"], call["mid"]) for call in log.json()["calls"]] == [
        ("Authorize", None),
        ("SignIn", 7001002),
        ("Token", 7001002),
    ]
    assert code not in log.text
    assert held not in log.text


def test_a_lost_answer_costs_the_refresh_token(http: httpx.Client) -> None:
    held = exchange_code(http, sign_in(http)["code"]).json()["refresh_token"]
    http.post("/control/faults", json={"operation": "Token", "kind": "http", "moment": "after"})
    assert exchange(http, grant_type="refresh_token", refresh_token=held).status_code == 503
    assert exchange(http, grant_type="refresh_token", refresh_token=held).json()["error"] == "invalid_grant"


SHARED = {"client_id": "shared-app", "client_secret": "shared-secret-for-the-sandbox"}


@pytest.mark.parametrize(
    ("user", "mid", "subdomain", "enterprise"),
    [("u-bob", "7001002", "mc-northwind", 7001000), ("u-mallory", "8002001", "mc-globex", 8002000)],
)
def test_through_the_shared_app_the_users_of_every_enterprise_sign_in(
    http: httpx.Client, user: str, mid: str, subdomain: str, enterprise: int
) -> None:
    told = sign_in(http, asked={"client_id": "shared-app"}, chosen={"user": user, "account_id": mid})
    assert told["tssd"] == subdomain
    tokens = exchange_code(http, told["code"], **SHARED).json()
    info = http.get("/v2/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert info["organization"]["enterprise_id"] == enterprise
    assert (info["organization"]["member_id"], info["application"]["id"]) == (int(mid), "shared-app")
    assert (
        exchange(http, grant_type="refresh_token", refresh_token=tokens["refresh_token"], **SHARED).status_code == 200
    )


def test_the_shared_app_gets_no_token_for_itself(http: httpx.Client) -> None:
    refused = exchange(http, grant_type="client_credentials", account_id="7001001", **SHARED)
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


def test_a_user_of_one_enterprise_is_unknown_to_the_app_of_another(http: httpx.Client) -> None:
    told = sign_in(http, chosen={"user": "u-mallory", "account_id": "8002001"})
    assert told["error"] == "access_denied"
