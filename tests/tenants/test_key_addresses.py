"""API keys over the API: made for oneself, seen and revoked by owners and admins too."""

from typing import Any

import pytest

from tenants.callers import ALL_SCOPES, KEY_SCOPES
from tests.asking import ask, me
from tests.cast import Cast
from tests.tenants.test_members import as_person


def test_a_key_is_made_for_oneself_and_shown_once(cast: Cast) -> None:
    answer = as_person(cast.bob, "POST", "/api/api-keys", {"name": "Reports"})
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
    key = answer.body.pop("key")
    assert answer.body["user"] == {"id": str(cast.bob.caller.user_id), "name": "Bob"}
    assert answer.body["businessUnit"] == {"mid": 7001001, "name": "Northwind Europe"}
    assert set(answer.body["scopes"]) == KEY_SCOPES
    assert me(f"Api-Key {key}").body["user"]["id"] == str(cast.bob.caller.user_id)
    listed = as_person(cast.bob, "GET", "/api/api-keys")
    assert [each["id"] for each in listed.body["results"]] == [answer.body["id"]]
    assert key.rpartition("_")[2] not in str(listed.body)


def test_such_a_key_runs_sql_and_lets_nobody_in(cast: Cast) -> None:
    key = as_person(cast.alice, "POST", "/api/api-keys", {"name": "Reports"}).body["key"]
    for path in ("/api/api-keys", "/api/members", "/api/audit"):
        assert ask("GET", path, f"Api-Key {key}").error == (403, "missing_scope")
    told = {"name": "All", "scopes": sorted(ALL_SCOPES)}
    able = as_person(cast.alice, "POST", "/api/api-keys", told).body["key"]
    assert ask("GET", "/api/members", f"Api-Key {able}").status == 200


def test_members_see_their_own_owners_everybodys_and_strangers_none(cast: Cast) -> None:
    made = {
        name: as_person(person, "POST", "/api/api-keys", {"name": name}).body
        for name, person in (("alice", cast.alice), ("bob", cast.bob), ("mallory", cast.mallory))
    }
    seen = {
        name: {each["name"] for each in as_person(person, "GET", "/api/api-keys").body["results"]}
        for name, person in (("alice", cast.alice), ("bob", cast.bob), ("mallory", cast.mallory))
    }
    assert seen == {"alice": {"alice", "bob"}, "bob": {"bob"}, "mallory": {"mallory"}}
    for person, name in ((cast.bob, "alice"), (cast.mallory, "alice"), (cast.mallory, "bob")):
        answer = as_person(person, "DELETE", f"/api/api-keys/{made[name]['id']}")
        assert answer.error == (404, "api_key_not_found")
    for _ in range(2):
        assert as_person(cast.alice, "DELETE", f"/api/api-keys/{made['bob']['id']}").status == 204
    assert me(f"Api-Key {made['bob']['key']}").error == (401, "invalid_credentials")
    assert me(f"Api-Key {made['alice']['key']}").status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "x\0"},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": "runs:read"},
        {"name": "x", "expiresAt": "soon"},
        {"name": "x", "expiresAt": "2020-01-01T00:00:00Z"},
        {"name": "x", "user": "somebody"},
    ],
)
def test_junk_makes_no_key(cast: Cast, body: dict[str, Any]) -> None:
    assert as_person(cast.alice, "POST", "/api/api-keys", body).error == (400, "invalid_fields")
    assert as_person(cast.alice, "GET", "/api/api-keys").body["results"] == []


def test_a_key_makes_no_key_that_may_do_more(cast: Cast) -> None:
    told = {"name": "Warden", "scopes": ["account:manage", "runs:read"]}
    warden = f"Api-Key {as_person(cast.alice, 'POST', '/api/api-keys', told).body['key']}"
    for more in ({"scopes": ["data:read"]}, {"scopes": sorted(ALL_SCOPES)}, {}):
        answer = ask("POST", "/api/api-keys", warden, {"name": "More", **more})
        assert answer.error == (403, "missing_scope")
    assert ask("POST", "/api/api-keys", warden, {"name": "Less", "scopes": ["runs:read"]}).status == 201
