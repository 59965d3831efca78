"""Connections over the API: a secret goes in, is tested, and never comes out."""

from typing import Any

import pytest

from mce_bridge.models import Connection, State
from tenants.context import tenant_scope
from tenants.encryption import unseal
from tests.browser_user import bob
from tests.cast import APPS, Cast, Person
from tests.sandbox import Sandbox
from tests.tenants.test_members import as_person

CLIENT_ID, SECRET = APPS["mc-northwind"]
NEW = {"mid": 7001001, "clientId": CLIENT_ID, "clientSecret": SECRET}


def only(person: Person) -> Connection:
    with tenant_scope(person.caller.tenant_id):
        return Connection.objects.get()


def test_an_owner_connects_a_unit_tests_it_and_takes_it_away(cast: Cast, mce: Sandbox) -> None:
    made = as_person(cast.alice, "POST", "/api/connections", NEW)
    assert made.status == 201
    assert {name: made.body[name] for name in ("kind", "state", "businessUnit", "user", "clientId")} == {
        "kind": "client_credentials",
        "state": "active",
        "businessUnit": {"mid": 7001001, "name": "Northwind Europe"},
        "user": None,
        "clientId": CLIENT_ID,
    }
    path = f"/api/connections/{made.body['id']}"
    assert as_person(cast.alice, "POST", f"{path}/test").status == 204
    assert as_person(cast.alice, "POST", "/api/connections", NEW).error == (409, "connection_exists")
    for answer in (made, as_person(cast.alice, "GET", path), as_person(cast.alice, "GET", "/api/connections")):
        assert SECRET not in str(answer.body)
    assert unseal(bytes(only(cast.alice).client_secret)) == SECRET
    assert as_person(cast.alice, "DELETE", path).status == 204
    assert as_person(cast.alice, "GET", path).error == (404, "connection_not_found")


def test_a_wrong_secret_is_found_by_the_test_and_mended_by_a_new_one(cast: Cast, mce: Sandbox) -> None:
    made = as_person(cast.alice, "POST", "/api/connections", {**NEW, "clientSecret": "wrong"}).body
    path = f"/api/connections/{made['id']}"
    assert as_person(cast.alice, "POST", f"{path}/test").error == (409, "reconnect_required")
    assert as_person(cast.alice, "GET", path).body["state"] == "broken"
    mended = as_person(cast.alice, "PATCH", path, {"clientId": CLIENT_ID, "clientSecret": SECRET})
    assert (mended.status, mended.body["state"]) == (200, "active")
    assert as_person(cast.alice, "POST", f"{path}/test").status == 204
    log = as_person(cast.alice, "GET", "/api/audit").body["results"]
    assert [each["action"] for each in log] == ["connection_changed", "connection_made"]


def test_mallory_and_members_do_not_get_at_it(connected: Cast) -> None:
    path = f"/api/connections/{only(connected.alice).id}"
    tries = [("GET", path, None), ("PATCH", path, {"clientId": "a", "clientSecret": "b"}), ("DELETE", path, None)]
    for method, address, body in [*tries, ("POST", f"{path}/test", None)]:
        assert as_person(connected.mallory, method, address, body).error == (404, "connection_not_found")
        assert as_person(connected.bob, method, address, body).error == (403, "role_required")
    answer = as_person(connected.mallory, "POST", "/api/connections", NEW)
    assert answer.error == (404, "business_unit_not_found")
    assert only(connected.alice).state == State.ACTIVE


def test_a_users_own_connection_is_seen_and_removed_but_not_changed_by_others(cast: Cast, mce: Sandbox) -> None:
    bob().sign_in()
    (seen,) = as_person(cast.alice, "GET", "/api/connections").body["results"]
    assert (seen["kind"], seen["user"]["id"]) == ("user_oauth", str(cast.bob.caller.user_id))
    path = f"/api/connections/{seen['id']}"
    answer = as_person(cast.alice, "PATCH", path, {"clientId": "a", "clientSecret": "b"})
    assert answer.error == (404, "connection_not_found")
    assert as_person(cast.alice, "DELETE", path).status == 204


@pytest.mark.parametrize(
    "changes",
    [{"mid": 0}, {"mid": None}, {"clientId": ""}, {"clientId": "a b"}, {"clientSecret": "ü"}, {"authUrl": "http://x"}],
)
def test_junk_connects_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    assert as_person(cast.alice, "POST", "/api/connections", {**NEW, **changes}).error == (400, "invalid_fields")
