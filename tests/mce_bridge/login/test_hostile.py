"""Signing in, with somebody in the way: forged states, stolen codes, addresses that lead elsewhere, odd answers."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from mce_bridge.login import authorization
from tenants.services import all_tenants
from tests.browser_user import CALLBACK, LOGIN, BrowserUser, alice, mallory
from tests.mce_bridge import hostile
from tests.mce_bridge.conftest import token_answer
from tests.mce_bridge.hostile import Server

pytestmark = pytest.mark.usefixtures("database")


def refused(answer: Any) -> tuple[int, str]:
    """And nothing was made."""
    assert all_tenants() == []
    return answer.status_code, answer.json()["code"]


@pytest.mark.usefixtures("mce")
def test_the_address_has_a_state_and_a_challenge_and_no_verifier() -> None:
    browser = alice()
    asked = parse_qs(urlsplit(browser.begin()).query)
    (sign_in,) = browser.client.session[authorization.SESSION_KEY].values()
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "code_challenge",
        "code_challenge_method",
    }
    assert sign_in["verifier"] not in str(asked)
    assert len(sign_in["verifier"]) == 64


@pytest.mark.usefixtures("mce")
def test_a_callback_without_the_state_of_this_browser_is_refused() -> None:
    begun, other = alice(), alice()
    told = begun.choose(begun.begin())
    other.begin()
    for state in ({}, {"state": ""}, {"state": "x"}, {"state": told["state"]}):
        assert refused(other.come_back({"code": told["code"], **state})) == (400, "sign_in_outdated")


@pytest.mark.usefixtures("mce")
def test_a_state_is_good_once_and_ten_minutes() -> None:
    browser = alice()
    told = browser.choose(browser.begin())
    session = browser.client.session
    session[authorization.SESSION_KEY][told["state"]]["began"] = time.time() - 601
    session.save()
    for _ in range(2):
        assert refused(browser.come_back(told)) == (400, "sign_in_outdated")


@pytest.mark.usefixtures("mce")
def test_a_code_stolen_into_another_browser_is_refused_by_its_challenge() -> None:
    victim, thief = alice(), alice()
    stolen = victim.choose(victim.begin())["code"]
    state = parse_qs(urlsplit(thief.begin()).query)["state"][0]
    assert refused(thief.come_back({"code": stolen, "state": state})) == (403, "sign_in_refused")


@pytest.mark.usefixtures("mce")
def test_who_signs_in_at_another_enterprise_than_was_said_is_refused() -> None:
    browser = BrowserUser("u-mallory", 8002001, "mc-northwind")
    assert refused(browser.sign_in()) == (403, "sign_in_refused")


@pytest.mark.usefixtures("mce")
def test_who_turns_back_at_marketing_cloud_is_told_so_where_they_read() -> None:
    browser = mallory()
    told = browser.choose(browser.begin(), cancel="yes")
    assert told["error"] == "access_denied"
    answer = browser.client.get(CALLBACK, told, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?signInError=sign_in_refused")
    again = browser.choose(browser.begin(), cancel="yes")
    assert refused(browser.come_back(again)) == (403, "sign_in_refused")


@pytest.mark.usefixtures("mce")
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\t/evil.example",
        "evil",
        "",
    ],
)
def test_next_stays_on_our_own_site(address: str) -> None:
    assert alice().sign_in(next=address).headers["Location"] == "/"


SUBDOMAINS = ["", "a b", "a.b", "evil.example/", "x@evil", "-a", "a-", "ü", "A" * 64, "a\n", "a#", "a:1", "MC-x"]


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize("subdomain", SUBDOMAINS)
def test_a_subdomain_that_is_none_leads_nowhere(subdomain: str, sandbox: bool, settings: Any) -> None:
    settings.MCE_SANDBOX_URL = "http://127.0.0.1:1" if sandbox else ""
    answer = Client().get(LOGIN, {"subdomain": subdomain})
    assert refused(answer) == (400, "bad_subdomain")


def test_without_a_sandbox_the_browser_goes_to_the_tenants_own_marketing_cloud(settings: Any) -> None:
    settings.MCE_SANDBOX_URL = ""
    address = urlsplit(alice().begin())
    assert (address.scheme, address.netloc) == ("https", "mc-northwind.auth.marketingcloudapis.com")
    assert address.path == "/v2/authorize"
    asked = parse_qs(address.query)
    assert asked["redirect_uri"] == [f"{settings.PUBLIC_URL}/auth/mce/callback"]


def test_without_an_app_of_ours_nobody_can_sign_in(settings: Any) -> None:
    settings.MCE_CLIENT_ID = ""
    answer = Client().get(LOGIN, {"subdomain": "mc-northwind"})
    assert refused(answer) == (503, "sign_in_not_set_up")


USERINFO = {
    "user": {"sub": "501", "name": "Alice", "email": "alice@northwind.example"},
    "organization": {"enterprise_id": 7001000, "member_id": 7001001},
}


NOBODY: list[Any] = [None, True, 1.5, [], {}, "5\0", "\ud800"]
NOWHERE: list[Any] = [float("inf"), 1.5, "1_0", " 1", "٣", None, "9" * 5000]


def come_back_to(server: Server, *answers: hostile.Answer) -> Any:
    server.then(*answers)
    browser = alice()
    state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    return browser.come_back({"code": "a-code", "state": state})


def test_the_code_goes_to_the_token_endpoint_with_verifier_and_secret(server: Server, settings: Any) -> None:
    answer = come_back_to(server, token_answer(server.origin), hostile.http(200, json.dumps(USERINFO)))
    assert answer.status_code == 302
    exchange, userinfo = server.requests
    body = json.loads(exchange.body)
    assert (exchange.path, userinfo.path) == ("/v2/token", "/v2/userinfo")
    assert (body["code"], body["client_secret"]) == ("a-code", settings.MCE_CLIENT_SECRET)
    assert len(body["code_verifier"]) == 64
    assert userinfo.headers["authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ("[]", "mce_unreadable_answer"),
        ("{", "mce_unreadable_answer"),
        (json.dumps({**USERINFO, "user": {"sub": ""}}), "mce_unreadable_answer"),
        (json.dumps({**USERINFO, "user": {"sub": "x" * 101}}), "mce_unreadable_answer"),
        (json.dumps({**USERINFO, "user": None}), "mce_unreadable_answer"),
        *((json.dumps({**USERINFO, "user": {"sub": sub}}), "mce_unreadable_answer") for sub in NOBODY),
        *(
            (json.dumps({**USERINFO, "organization": {"enterprise_id": 1, "member_id": mid}}), "mce_unreadable_answer")
            for mid in NOWHERE
        ),
        (json.dumps({**USERINFO, "organization": {"enterprise_id": "x", "member_id": 1}}), "mce_unreadable_answer"),
        (json.dumps({**USERINFO, "organization": {"enterprise_id": 1, "member_id": 2**63}}), "mce_unreadable_answer"),
        (json.dumps({**USERINFO, "organization": {"enterprise_id": 1, "member_id": True}}), "mce_unreadable_answer"),
    ],
)
def test_an_answer_that_does_not_say_who_it_is_lets_nobody_in(server: Server, info: str, code: str) -> None:
    assert refused(come_back_to(server, token_answer(server.origin), hostile.http(200, info))) == (502, code)


def test_a_number_is_a_user_as_a_text_is(server: Server) -> None:
    info = {
        "user": {"sub": 501, "name": "Alice"},
        "organization": {"enterprise_id": "7001000", "member_id": "7001001"},
    }
    assert come_back_to(server, token_answer(server.origin), hostile.http(200, json.dumps(info))).status_code == 302


def test_names_cannot_break_a_line_or_a_column(server: Server) -> None:
    info = {**USERINFO, "user": {"sub": "501", "name": "A\0\n" + "b" * 300, "email": 7}}
    browser = alice()
    server.then(token_answer(server.origin), hostile.http(200, json.dumps(info)))
    state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    assert browser.come_back({"code": "c", "state": state}).status_code == 302
    assert browser.ask("GET", "/api/me").body["user"]["name"] == "A" + "b" * 199


@pytest.mark.parametrize("name", ["soap_instance_url", "rest_instance_url"])
def test_tokens_for_somebody_elses_address_let_nobody_in(server: Server, name: str) -> None:
    elsewhere = token_answer(server.origin, **{name: "https://mc-northwind.soap.marketingcloudapis.com.evil.example/"})
    assert refused(come_back_to(server, elsewhere)) == (422, "mce_address_refused")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (hostile.http(400, '{"error": "invalid_grant"}'), (403, "sign_in_refused")),
        (hostile.http(503, "{}"), (503, "mce_server_trouble")),
        (hostile.reset, (503, "mce_answer_lost")),
    ],
)
def test_when_marketing_cloud_fails_it_is_said_and_nobody_comes_in(
    server: Server, answer: hostile.Answer, error: tuple[int, str]
) -> None:
    assert refused(come_back_to(server, answer)) == error
