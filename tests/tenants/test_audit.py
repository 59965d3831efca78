"""The audit: who did what; added to, read, and changed by nobody."""

import re

import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError

from tenants.context import tenant_scope
from tenants.errors import LastOwner
from tenants.models import Action, AuditEntry
from tests.asking import ask
from tests.cast import Cast
from tests.staff import staff_client
from tests.tenants.test_members import address, as_person

SECRET = "SELECT 'a very private text' AS One"


def actions(cast: Cast, **asked: str) -> list[tuple[str, str, str]]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    found = as_person(cast.alice, "GET", f"/api/audit?{query}").body["results"]
    return [(each["action"], each["by"], each["via"]) for each in found]


def test_what_people_do_is_written_down_newest_first_and_never_the_sql(cast: Cast) -> None:
    key = as_person(cast.bob, "POST", "/api/api-keys", {"name": "Reports"}).body
    run = ask("POST", "/api/runs", f"Api-Key {key['key']}", {"sqlText": SECRET}).body["runId"]
    for _ in range(2):
        assert ask("POST", f"/api/runs/{run}/cancel", f"Api-Key {key['key']}").status == 202
    as_person(cast.alice, "PATCH", address(cast.bob), {"role": "admin"})
    as_person(cast.alice, "DELETE", f"/api/api-keys/{key['id']}")
    assert actions(cast) == [
        ("key_revoked", "Alice", "session"),
        ("role_changed", "Alice", "session"),
        ("run_canceled", "Bob", "key"),
        ("run_submitted", "Bob", "key"),
        ("key_made", "Bob", "session"),
    ]
    (made,) = as_person(cast.alice, "GET", "/api/audit?action=key_made").body["results"]
    assert (made["subject"], made["details"]["name"]) == (key["id"], "Reports")
    with connections["operator"].cursor() as cursor:
        cursor.execute("SELECT string_agg(entry::text, ' ') FROM tenants_auditentry AS entry")
        (everything,) = cursor.fetchone()
    assert "private" not in everything
    assert key["key"].rpartition("_")[2] not in everything


def test_a_request_that_is_refused_leaves_no_entry(cast: Cast) -> None:
    as_person(cast.bob, "PATCH", address(cast.alice), {"role": "member"})
    as_person(cast.alice, "PATCH", address(cast.alice), {"role": "member"})
    assert actions(cast) == []


def test_it_is_paged_and_filtered_and_another_tenants_is_not_there(cast: Cast) -> None:
    for number in range(3):
        as_person(cast.alice, "POST", "/api/api-keys", {"name": f"{number}"})
    first = as_person(cast.alice, "GET", "/api/audit?pageSize=2").body
    assert [each["details"]["name"] for each in first["results"]] == ["2", "1"]
    following = as_person(cast.alice, "GET", re.sub(r"^http://[^/]+", "", first["next"])).body
    assert ([each["details"]["name"] for each in following["results"]], following["next"]) == (["0"], None)
    assert actions(cast, action="run_submitted") == []
    assert as_person(cast.alice, "GET", "/api/audit?action=junk").error == (400, "bad_request")
    assert as_person(cast.alice, "GET", "/api/audit?cursor=junk").error == (400, "bad_request")
    assert as_person(cast.mallory, "GET", "/api/audit").body["results"] == []
    assert as_person(cast.bob, "GET", "/api/audit").error == (403, "role_required")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenants_auditentry SET action = 'x'",
        "DELETE FROM tenants_auditentry",
        "TRUNCATE tenants_auditentry",
        "ALTER TABLE tenants_auditentry DISABLE ROW LEVEL SECURITY",
    ],
)
@pytest.mark.parametrize("alias", ["default", "operator"])
def test_nobody_who_serves_can_change_it(cast: Cast, alias: str, statement: str) -> None:
    as_person(cast.alice, "POST", "/api/api-keys", {"name": "x"})
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with refused, tenant_scope(cast.alice.caller.tenant_id), connections[alias].cursor() as cursor:
        cursor.execute(statement)
    with tenant_scope(cast.alice.caller.tenant_id):
        assert AuditEntry.objects.count() == 1


def test_it_goes_with_its_tenant(cast: Cast) -> None:
    for person in (cast.alice, cast.mallory):
        as_person(person, "POST", "/api/api-keys", {"name": "x"})
    with tenant_scope(cast.mallory.caller.tenant_id), connection.cursor() as cursor:
        for table in ("tenants_apikey", "tenants_grant", "tenants_user", "tenants_businessunit", "tenants_tenant"):
            cursor.execute(f"DELETE FROM {table}")
    assert set(AuditEntry.objects.using("operator").values_list("tenant_id", flat=True)) == {
        cast.alice.caller.tenant_id
    }


def test_staff_read_it_and_what_they_change_is_in_it(cast: Cast) -> None:
    client = staff_client()
    bob = cast.bob.caller.user_id
    form = {"name": "Bob", "email": "bob@example.org", "role": "admin", "is_active": "on"}
    assert client.post(f"/admin/tenants/user/{bob}/change/", form).status_code == 302
    entry = AuditEntry.objects.using("operator").get(action=Action.ROLE_CHANGED)
    assert (entry.via, entry.by, entry.subject, entry.details) == (
        "admin",
        "sam",
        str(bob),
        {"old": "member", "new": "admin"},
    )
    refused = client.post(
        f"/admin/tenants/user/{cast.alice.caller.user_id}/change/",
        {"name": "Alice", "email": "alice@example.org", "role": "member", "is_active": "on"},
        follow=True,
    )
    assert LastOwner.title in [str(message) for message in refused.context["messages"]]
    assert client.get(f"/admin/tenants/auditentry/{entry.id}/change/").status_code == 200
    assert client.get("/admin/tenants/auditentry/add/").status_code == 403
    assert client.post(f"/admin/tenants/auditentry/{entry.id}/delete/", {"post": "yes"}).status_code == 403
