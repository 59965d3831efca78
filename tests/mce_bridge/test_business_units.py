"""The business units of a user: which there are, whether they are connected, acting in another."""

from typing import Any

import pytest

from mce_bridge.models import Connection, State
from tenants.context import tenant_scope
from tenants.models import Grant
from tests.asking import ask
from tests.browser_user import alice, bob, mallory
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import drive, submit
from tests.tenants.test_sessions import signed_in

EUROPE = {"mid": 7001001, "name": "Business unit 7001001"}
AMERICAS = {"mid": 7001002, "name": "Business unit 7001002"}
OWN = {"state": "active", "kind": "user_oauth"}


def without_ids(body: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in unit.items() if name != "id"} for unit in body["results"]]


@pytest.mark.usefixtures("database", "mce")
def test_a_user_sees_the_units_they_signed_in_to_and_no_others() -> None:
    europe, americas, other, stranger = alice(), alice(7001002), bob(), mallory()
    for browser in (europe, americas, other, stranger):
        browser.sign_in()
    assert without_ids(americas.ask("GET", "/api/business-units").body) == [
        {**EUROPE, "current": False, "connection": OWN},
        {**AMERICAS, "current": True, "connection": OWN},
    ]
    assert without_ids(other.ask("GET", "/api/business-units").body) == [{**EUROPE, "current": True, "connection": OWN}]
    assert [unit["mid"] for unit in stranger.ask("GET", "/api/business-units").body["results"]] == [8002001]


@pytest.mark.usefixtures("database", "mce")
def test_a_session_acts_in_another_of_its_users_units_and_in_nobody_elses() -> None:
    browser, stranger = alice(7001002), mallory()
    for each in (alice(), browser, stranger):
        each.sign_in()
    answer = browser.ask("POST", "/api/business-units/switch", {"mid": 7001001})
    assert (answer.status, answer.body["mid"], answer.body["current"]) == (200, 7001001, True)
    me = browser.ask("GET", "/api/me").body
    assert (me["mid"], me["businessUnit"]) == (7001001, {"id": answer.body["id"], "name": EUROPE["name"]})
    for mid in (7001000, 8002001, 1):
        assert browser.ask("POST", "/api/business-units/switch", {"mid": mid}).error == (404, "business_unit_not_found")
    assert stranger.ask("POST", "/api/business-units/switch", {"mid": 7001001}).error == (
        404,
        "business_unit_not_found",
    )
    for body in ({}, {"mid": "x"}, {"mid": 0}, {"mid": 2**63}, {"mid": 7001001, "unit": 1}):
        assert browser.ask("POST", "/api/business-units/switch", body).error == (400, "invalid_fields")


def test_a_key_and_a_token_stay_in_their_business_unit(cast: Cast) -> None:
    key = cast.alice.headers["Authorization"]
    token = ask("POST", "/api/auth/token", key).body["access"]
    for authorization in (key, f"Bearer {token}"):
        answer = ask("POST", "/api/business-units/switch", authorization, {"mid": 7001001})
        assert answer.error == (403, "not_a_session")


@pytest.mark.usefixtures("database", "mce")
def test_a_unit_that_is_no_longer_granted_is_no_longer_there() -> None:
    browser = alice(7001002)
    for each in (alice(), browser):
        each.sign_in()
    unit = browser.ask("GET", "/api/business-units").body["results"][0]
    tenant_id = browser.ask("GET", "/api/me").body["tenant"]["id"]
    with tenant_scope(tenant_id):
        Grant.objects.filter(business_unit_id=unit["id"]).delete()
    assert browser.ask("POST", "/api/business-units/switch", {"mid": 7001001}).code == "business_unit_not_found"


def test_client_credentials_connect_all_and_an_own_connection_goes_first(connected: Cast) -> None:
    browser = signed_in(connected.alice.caller)
    assert ask("GET", "/api/me", client=browser).body["connection"] == {
        "state": "active",
        "kind": "client_credentials",
    }
    own = alice()
    own.sign_in()
    assert own.ask("GET", "/api/me").body["connection"] == OWN
    with tenant_scope(connected.alice.caller.tenant_id):
        Connection.objects.exclude(user=None).update(state=State.BROKEN)
    assert own.ask("GET", "/api/me").body["connection"] == {"state": "active", "kind": "client_credentials"}
    with tenant_scope(connected.alice.caller.tenant_id):
        Connection.objects.update(state=State.BROKEN)
    assert own.ask("GET", "/api/me").body["connection"] == {"state": "broken", "kind": "user_oauth"}


def test_without_a_connection_it_is_said(cast: Cast) -> None:
    assert ask("GET", "/api/me", client=signed_in(cast.bob.caller)).body["connection"] == {
        "state": "none",
        "kind": None,
    }


def test_a_connection_that_stops_working_is_broken_and_its_runs_want_it_renewed(cast: Cast, mce: Sandbox) -> None:
    browser = alice()
    browser.sign_in()
    caller = cast.alice.caller
    mce.ask("POST", "tokens/expire", {"refresh_tokens": True})
    run = drive(caller, submit(caller, "SELECT 1 AS One"))
    assert (run.status, run.error_code) == ("failed", "reconnect_required")
    assert browser.ask("GET", "/api/me").body["connection"] == {"state": "broken", "kind": "user_oauth"}
    told = browser.ask("GET", f"/api/runs/{run.id}").body
    assert told["errorCode"] == "reconnect_required"
    browser.sign_in()
    assert drive(caller, submit(caller, "SELECT 1 AS One"), until="ready").status == "ready"
