"""Staff write tenants' rows through the admin: each in its tenant, from that tenant's choices, with its log."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client, RequestFactory

from tenants.context import tenant_scope
from tenants.models import ApiKey, AuditEntry, BusinessUnit, Grant, Role, Staff, Tenant, User
from tenants.services import caller_of_api_key, create_api_key
from tests.cast import Cast
from tests.staff import staff_client

NEW_PASSWORD = "four unlikely words here"


@pytest.fixture
def client(database: None) -> Client:
    return staff_client()


def for_tenant(cast: Cast, model: str) -> str:
    return f"/admin/tenants/{model}/add/?tenant={cast.alice.caller.tenant_id}"


def choices(response: Any, field: str) -> set[str]:
    return {label for value, label in response.context["adminform"].form.fields[field].choices if value}


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def test_a_tenant_is_made_with_a_key_of_its_own_and_can_be_renamed(client: Client) -> None:
    fields = {"enterprise_id": "42", "name": "Acme", "subdomain": "mc-acme", "plan": "pro"}
    assert client.post("/admin/tenants/tenant/add/", fields).status_code == 302
    tenant = Tenant.objects.using("operator").get()
    assert tenant.enterprise_id == "42"
    assert len(bytes(tenant.sealed_hash_key)) > 0
    again = client.post("/admin/tenants/tenant/add/", fields)
    assert errors(again) == {"enterprise_id": ["This enterprise is a tenant already."]}
    client.post(f"/admin/tenants/tenant/{tenant.id}/change/", {**fields, "enterprise_id": "43", "name": "Acme Ltd"})
    renamed = Tenant.objects.using("operator").get()
    assert (renamed.name, renamed.enterprise_id) == ("Acme Ltd", "42")


def test_a_new_row_begins_with_the_choice_of_its_tenant(client: Client, cast: Cast) -> None:
    page = client.get("/admin/tenants/grant/add/?_popup=1")
    assert {tenant.id for tenant in page.context["tenants"]} == {
        cast.alice.caller.tenant_id,
        cast.mallory.caller.tenant_id,
    }
    assert f"?_popup=1&amp;tenant={cast.alice.caller.tenant_id}" in page.text
    assert client.post("/admin/tenants/grant/add/?tenant=junk", {}).context["title"] == "Add grant: for which tenant?"


def test_a_business_unit_tells_until_when_and_why_it_is_left_alone(client: Client, cast: Cast) -> None:
    alice = cast.alice.caller
    with tenant_scope(alice.tenant_id):
        units = BusinessUnit.objects.filter(id=alice.business_unit_id)
        units.update(paused_until=datetime(2100, 1, 1, 12, tzinfo=UTC), pause_reason="mce_throttled")
    listed = client.get("/admin/tenants/businessunit/", {"paused_until__isempty": "0"}).text
    assert ("mce_throttled" in listed, "Jan. 1, 2100" in listed, "8002001" in listed) == (True, True, False)
    assert "mce_throttled" in client.get(f"/admin/tenants/businessunit/{alice.business_unit_id}/change/").text


def test_a_business_unit_is_made_in_its_tenant_and_not_twice(client: Client, cast: Cast) -> None:
    client.post(for_tenant(cast, "businessunit"), {"mid": "99", "name": "Asia"})
    with tenant_scope(cast.alice.caller.tenant_id):
        assert BusinessUnit.objects.get(mid=99).name == "Asia"
    again = client.post(for_tenant(cast, "businessunit"), {"mid": "99", "name": "Asia"})
    assert errors(again) == {"__all__": ["Constraint “one_business_unit_per_mid” is violated."]}


def test_saving_a_form_leaves_alone_what_it_did_not_change(cast: Cast) -> None:
    """The engine may cache a folder's id between the reading of the row and the writing of the form."""
    caller = cast.alice.caller
    row = BusinessUnit.objects.using("operator").get(id=caller.business_unit_id)
    with tenant_scope(caller.tenant_id):
        BusinessUnit.objects.filter(id=row.id).update(query_folder_id=7)
    page = admin.site._registry[BusinessUnit]
    request = RequestFactory().post("/")
    request.user = Staff(username="sam", role=Role.STAFF)
    form = page.get_form(request, row, change=True)({"name": "Renamed", "mid": "1"}, instance=row)
    assert form.is_valid()
    page.save_model(request, form.save(commit=False), form, change=True)
    unit = BusinessUnit.objects.using("operator").get(id=row.id)
    assert (unit.name, unit.mid, unit.query_folder_id) == ("Renamed", 7001001, 7)


def test_a_member_is_made_with_the_roles_of_a_tenant_alone(client: Client, cast: Cast) -> None:
    url = for_tenant(cast, "user")
    assert choices(client.get(url), "role") == {"Owner", "Admin", "Member"}
    fields = {"mce_user_id": "u-9", "name": "Nia", "email": "nia@example.org", "role": "admin", "is_active": "on"}
    client.post(url, fields)
    nia = User.objects.using("operator").get(mce_user_id="u-9")
    assert (nia.tenant_id, nia.role, nia.is_active) == (cast.alice.caller.tenant_id, Role.ADMIN, True)
    assert errors(client.post(url, {**fields, "role": "staff"})) == {
        "role": ["Select a valid choice. staff is not one of the available choices."]
    }
    assert errors(client.post(url, fields)) == {"__all__": ["Constraint “one_user_per_mce_user” is violated."]}


def test_a_member_is_found_by_no_page_for_staff_and_the_other_way_round(client: Client, cast: Cast) -> None:
    sam = Staff.objects.get(username="sam")
    assert client.get(f"/admin/tenants/user/{sam.id}/change/").status_code == 302
    assert client.get(f"/admin/tenants/staff/{cast.alice.caller.user_id}/change/").status_code == 302
    assert client.get(f"/admin/tenants/user/{cast.alice.caller.user_id}/change/").status_code == 200


def test_a_grant_is_chosen_from_one_tenant_made_once_and_taken_away(client: Client, cast: Cast) -> None:
    url, mallory = for_tenant(cast, "grant"), cast.mallory.caller
    client.post(for_tenant(cast, "businessunit"), {"mid": "99", "name": "Asia"})
    asia = BusinessUnit.objects.using("operator").get(mid=99).id
    form = client.get(url)
    assert choices(form, "user") == {"Alice", "Bob"}
    assert choices(form, "business_unit") == {"Northwind Europe (7001001)", "Asia (99)"}
    fields = {"user": str(cast.bob.caller.user_id), "business_unit": str(asia)}
    assert set(errors(client.post(url, {**fields, "user": str(mallory.user_id)}))) == {"user"}
    assert set(errors(client.post(url, {**fields, "business_unit": str(mallory.business_unit_id)}))) == {
        "business_unit"
    }
    client.post(url, fields)
    made = Grant.objects.using("operator").get(business_unit_id=asia)
    assert (made.tenant_id, made.user_id) == (cast.bob.caller.tenant_id, cast.bob.caller.user_id)
    assert errors(client.post(url, fields)) == {"__all__": ["Constraint “one_grant_per_unit” is violated."]}
    client.post(f"/admin/tenants/grant/{made.id}/delete/", {"post": "yes"})
    assert not Grant.objects.using("operator").filter(id=made.id).exists()


def test_grants_of_several_tenants_are_taken_away_together(client: Client, cast: Cast) -> None:
    ids = [str(each.id) for each in Grant.objects.using("operator").all()]
    fields = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    client.post("/admin/tenants/grant/", fields)
    assert (len(ids), Grant.objects.using("operator").count()) == (3, 0)


@pytest.mark.parametrize("model", ["tenant", "user", "businessunit", "apikey", "staff"])
def test_what_other_rows_hang_from_cannot_be_deleted(model: str, client: Client, cast: Cast) -> None:
    assert cast.alice.api_key
    row = client.get(f"/admin/tenants/{model}/").context["cl"].result_list[0]
    assert client.post(f"/admin/tenants/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_api_key_is_shown_once_works_and_is_kept_as_a_hash(client: Client, cast: Cast) -> None:
    url = for_tenant(cast, "apikey")
    form = client.get(url)
    assert choices(form, "grant") == {"Alice in Northwind Europe (7001001)", "Bob in Northwind Europe (7001001)"}
    grant = Grant.objects.using("operator").get(user_id=cast.bob.caller.user_id)
    fields = {
        "grant": str(grant.id),
        "name": "nightly",
        "scopes": ["runs:read"],
        "expires_at_0": "",
        "expires_at_1": "",
    }
    shown = client.post(url, fields, follow=True)
    (key,) = re.findall(r"qsp_[0-9a-f]{32}_[\w-]{43}", shown.text)
    caller = caller_of_api_key(key)
    assert (caller.user_id, caller.scopes) == (cast.bob.caller.user_id, frozenset({"runs:read"}))
    assert key not in client.get("/admin/tenants/apikey/").text
    row = ApiKey.objects.using("operator").get()
    secret = key[len("qsp_") + 32 + 1 :]
    assert secret not in client.get(f"/admin/tenants/apikey/{row.id}/change/").text
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.object_repr) == (str(row.id), f"nightly ({secret[:6]}…)")
    assert secret not in entry.change_message


def test_a_key_for_another_tenants_grant_is_refused(client: Client, cast: Cast) -> None:
    theirs = Grant.objects.using("operator").get(user_id=cast.mallory.caller.user_id)
    refused = client.post(for_tenant(cast, "apikey"), {"grant": str(theirs.id), "name": "x", "scopes": ["runs:read"]})
    assert set(errors(refused)) == {"grant"}
    assert not ApiKey.objects.using("operator").exists()


def test_keys_are_revoked_together_and_counted_once(client: Client, cast: Cast) -> None:
    for person in (cast.alice, cast.mallory):
        create_api_key(
            tenant_id=person.caller.tenant_id,
            user_id=person.caller.user_id,
            business_unit_id=person.caller.business_unit_id,
            name="k",
        )
    ids = [str(key.id) for key in ApiKey.objects.using("operator")]
    fields = {"action": "revoke", "_selected_action": ids}
    said = [
        [str(message) for message in client.post("/admin/tenants/apikey/", fields, follow=True).context["messages"]]
        for _ in range(2)
    ]
    assert said == [["Revoked: 2."], ["Revoked: 0."]]
    assert not ApiKey.objects.using("operator").filter(revoked_at=None).exists()


def test_staff_make_staff_who_sign_in_with_their_password(client: Client) -> None:
    fields = {"username": "tess", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/admin/tenants/staff/add/", fields)
    tess = Staff.objects.get(username="tess")
    assert (tess.role, tess.tenant_id, tess.is_active) == (Role.STAFF, None, True)
    again = client.post("/admin/tenants/staff/add/", fields)
    assert errors(again) == {"username": ["Somebody has this name already."]}
    assert Client().login(username="tess", password=NEW_PASSWORD)
    client.post(f"/admin/tenants/staff/{tess.id}/change/", {"name": "Tess", "email": "", "username": "sam"})
    tess.refresh_from_db()
    assert (tess.username, tess.name, tess.is_active) == ("tess", "Tess", False)
    assert Staff.objects.get(username="tess").last_login is not None


def test_what_staff_did_is_logged_under_their_name(client: Client, cast: Cast) -> None:
    bob = cast.bob.caller.user_id
    changes = {"name": "Bob", "email": "b@example.org", "role": "member", "is_active": "on"}
    client.post(f"/admin/tenants/user/{bob}/change/", changes)
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id) == ("sam", str(bob))
    assert entry.change_message == '[{"changed": {"fields": ["Email"]}}]'
    assert User.objects.using("operator").get(id=bob).email == "b@example.org"


def test_what_staff_did_by_forms_is_in_the_tenants_audit(client: Client, cast: Cast) -> None:
    client.post(for_tenant(cast, "businessunit"), {"mid": "99", "name": "Asia"})
    unit = BusinessUnit.objects.using("operator").get(mid=99)
    for name in ("APAC", "APAC"):
        client.post(f"/admin/tenants/businessunit/{unit.id}/change/", {"name": name})
    grant = Grant.objects.using("operator").get(user_id=cast.bob.caller.user_id)
    client.post(f"/admin/tenants/grant/{grant.id}/delete/", {"post": "yes"})
    written = AuditEntry.objects.using("operator").order_by("at").values_list("tenant_id", "by", "subject", "details")
    assert list(written) == [
        (cast.alice.caller.tenant_id, "sam", str(subject), {"what": what})
        for subject, what in ((unit.id, "Added"), (unit.id, "Changed: name"), (grant.id, "Deleted"))
    ]


def test_a_tenant_that_staff_make_begins_its_audit(client: Client) -> None:
    client.post("/admin/tenants/tenant/add/", {"enterprise_id": "42", "name": "A", "subdomain": "mc-a", "plan": "pro"})
    tenant = Tenant.objects.using("operator").get()
    entry = AuditEntry.objects.using("operator").get()
    assert (entry.tenant_id, entry.subject, entry.details) == (tenant.id, str(tenant.id), {"what": "Added"})
