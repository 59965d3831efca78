"""The people of a tenant: roles, activity, business units. Carol is an admin; Mallory is another tenant."""

from threading import Event
from typing import Any

import pytest
from django.test import Client

from tenants.context import tenant_scope
from tenants.errors import LastOwner
from tenants.models import AuditEntry, Grant, Role, User
from tenants.services.audit import SYSTEM
from tenants.services.members import change_member
from tenants.services.sign_in import sign_in
from tests.asking import Answer, ask
from tests.cast import Cast, Person, make_person
from tests.rows import make_run
from tests.tenants.test_sessions import TOKEN, signed_in
from tests.threads import at_once, until_waited_for


@pytest.fixture
def carol(cast: Cast) -> Person:
    """An admin of Alice's tenant."""
    caller = cast.alice.caller
    person = make_person(
        "carol", tenant_id=caller.tenant_id, unit_id=caller.business_unit_id, mid=caller.mid, role="admin"
    )
    change(person, role="admin")
    return person


def change(person: Person, **values: Any) -> None:
    change_member(tenant_id=person.caller.tenant_id, user_id=person.caller.user_id, actor=SYSTEM, **values)


def as_person(person: Person, method: str, path: str, body: Any = None) -> Answer:
    return ask(method, path, body=body, client=signed_in(person.caller), **{"X-CSRFToken": TOKEN})


def address(person: Person) -> str:
    return f"/api/members/{person.caller.user_id}"


def test_owners_and_admins_see_their_people_and_nobody_elses(cast: Cast, carol: Person) -> None:
    for who in (cast.alice, carol):
        found = as_person(who, "GET", "/api/members").body["results"]
        assert [(each["name"], each["role"], each["active"]) for each in found] == [
            ("Alice", "owner", True),
            ("Bob", "member", True),
            ("Carol", "admin", True),
        ]
        assert found[1]["businessUnits"] == [{"mid": 7001001, "name": "Northwind Europe"}]
    assert [each["name"] for each in as_person(cast.mallory, "GET", "/api/members").body["results"]] == ["Mallory"]
    for method, body in (("GET", None), ("PATCH", {"active": False})):
        assert as_person(cast.mallory, method, address(cast.bob), body).error == (404, "member_not_found")


def test_an_owner_makes_admins_and_owners_and_an_admin_no_owners(cast: Cast, carol: Person) -> None:
    assert as_person(carol, "PATCH", address(cast.bob), {"role": "admin"}).body["role"] == "admin"
    for target, body in (
        (cast.bob, {"role": "owner"}),
        (cast.alice, {"role": "member"}),
        (cast.alice, {"active": False}),
    ):
        assert as_person(carol, "PATCH", address(target), body).error == (403, "role_required")
    assert as_person(cast.alice, "PATCH", address(carol), {"role": "owner"}).body["role"] == "owner"
    assert as_person(carol, "PATCH", address(cast.alice), {"role": "member"}).body["role"] == "member"


@pytest.mark.parametrize("body", [{"role": "staff"}, {"role": ""}, {"active": "perhaps"}, {"name": "x"}])
def test_a_change_that_is_none_is_refused(cast: Cast, body: Any) -> None:
    assert as_person(cast.alice, "PATCH", address(cast.bob), body).error == (400, "invalid_fields")


@pytest.mark.parametrize("body", [{"role": "member"}, {"active": False}])
def test_the_last_owner_stays(cast: Cast, body: Any) -> None:
    assert as_person(cast.alice, "PATCH", address(cast.alice), body).error == (409, "last_owner")
    with tenant_scope(cast.alice.caller.tenant_id):
        alice = User.objects.get(id=cast.alice.caller.user_id)
    assert (alice.role, alice.is_active) == (Role.OWNER, True)


def test_of_two_owners_who_leave_at_once_one_stays(cast: Cast) -> None:
    change(cast.bob, role="owner")
    people = (cast.alice, cast.bob)
    outcomes = at_once(2, lambda number: change(people[number], role="member"))
    assert sorted(type(each).__name__ for each in outcomes) == [LastOwner.__name__, "NoneType"]
    with tenant_scope(cast.alice.caller.tenant_id):
        assert User.objects.filter(role=Role.OWNER).count() == 1


def test_a_role_counts_at_once_in_sessions_that_are_open(cast: Cast) -> None:
    bob: Client = signed_in(cast.bob.caller)
    assert ask("GET", "/api/members", client=bob).error == (403, "role_required")
    change(cast.bob, role="admin")
    assert ask("GET", "/api/members", client=bob).status == 200


def test_who_is_deactivated_is_out_everywhere_and_what_they_run_is_canceled(cast: Cast) -> None:
    bob = signed_in(cast.bob.caller)
    tokens = ask("POST", "/api/auth/token", client=bob, **{"X-CSRFToken": TOKEN}).body
    key = cast.bob.headers["Authorization"]
    own, other = make_run(cast.bob.caller), make_run(cast.alice.caller)
    assert as_person(cast.alice, "PATCH", address(cast.bob), {"active": False}).body["active"] is False
    assert ask("GET", "/api/me", client=bob).status == 401
    assert ask("GET", "/api/me", key).status == 401
    assert ask("GET", "/api/me", f"Bearer {tokens['access']}").status == 401
    assert as_person(cast.alice, "GET", f"/api/runs/{own}").body["status"] == "canceled"
    assert as_person(cast.alice, "GET", f"/api/runs/{other}").body["status"] == "queued"
    # Sessions and tokens have ended for good; the key was never revoked.
    assert as_person(cast.alice, "PATCH", address(cast.bob), {"active": True}).body["active"] is True
    assert ask("GET", "/api/me", client=bob).error == (401, "invalid_credentials")
    assert ask("POST", "/api/auth/token/refresh", body={"refresh": tokens["refresh"]}).status == 401
    assert ask("GET", "/api/me", key).status == 200


def come_back(cast: Cast) -> Any:
    return sign_in(
        enterprise_id="7001000",
        enterprise_name="Northwind",
        subdomain="mc-northwind",
        mid=7001001,
        mce_user_id="502",
        name="Bob",
        email="",
    )


def test_a_withdrawn_unit_is_not_given_back_by_signing_in_but_by_an_admin(cast: Cast, carol: Person) -> None:
    bob = signed_in(cast.bob.caller)
    unit = f"{address(cast.bob)}/business-units/7001001"
    for _ in range(2):
        assert as_person(carol, "DELETE", unit).status == 204
    assert ask("GET", "/api/me", client=bob).status == 401
    with pytest.raises(Exception, match="another business unit") as refused:
        come_back(cast)
    assert refused.value.code == "unit_withdrawn"  # type: ignore[attr-defined]
    for _ in range(2):
        assert as_person(carol, "PUT", unit).status == 204
    assert come_back(cast).user_id == cast.bob.caller.user_id
    with tenant_scope(cast.alice.caller.tenant_id):
        assert Grant.objects.filter(user_id=cast.bob.caller.user_id).count() == 1
        noted = AuditEntry.objects.filter(action__startswith="unit_").order_by("at")
        assert list(noted.values_list("action", flat=True)) == ["unit_withdrawn", "unit_granted"]


def test_units_are_granted_within_the_tenant_alone_and_owners_units_by_owners(cast: Cast, carol: Person) -> None:
    for mid in (8002001, 1, 2**70):
        answer = as_person(carol, "PUT", f"{address(cast.bob)}/business-units/{mid}")
        assert answer.error == (404, "business_unit_not_found")
    assert as_person(carol, "DELETE", f"{address(cast.alice)}/business-units/7001001").error == (403, "role_required")
    answer = as_person(cast.mallory, "PUT", f"{address(cast.bob)}/business-units/8002001")
    assert answer.error == (404, "member_not_found")


def test_another_business_unit_can_be_named_and_added(cast: Cast) -> None:
    added = as_person(cast.alice, "POST", "/api/tenant/business-units", {"mid": 7001002, "name": "Americas"})
    assert (added.status, added.body) == (201, {"mid": 7001002, "name": "Americas"})
    renamed = as_person(cast.alice, "PATCH", "/api/tenant/business-units/7001002", {"name": "The Americas"})
    assert renamed.body == {"mid": 7001002, "name": "The Americas"}
    listed = as_person(cast.alice, "GET", "/api/tenant/business-units").body["results"]
    assert [unit["name"] for unit in listed] == ["Northwind Europe", "The Americas"]
    answer = as_person(cast.mallory, "PATCH", "/api/tenant/business-units/7001002", {"name": "Mine"})
    assert answer.error == (404, "business_unit_not_found")


def test_an_admin_does_not_change_who_has_become_an_owner_meanwhile(cast: Cast, carol: Person) -> None:
    """The change is asked for before, and waits for the other one."""
    asked = Event()

    def promote() -> None:
        with tenant_scope(cast.alice.caller.tenant_id):
            change(cast.bob, role="owner")
            asked.set()
            until_waited_for()

    def demote() -> Answer:
        asked.wait(timeout=30)
        return as_person(carol, "PATCH", address(cast.bob), {"role": "member", "active": False})

    promoted, demoted = at_once(2, lambda number: (promote, demote)[number]())
    assert promoted is None
    assert isinstance(demoted, Answer)
    assert demoted.error == (403, "role_required")
    with tenant_scope(cast.bob.caller.tenant_id):
        bob = User.objects.get(id=cast.bob.caller.user_id)
    assert (bob.role, bob.is_active) == (Role.OWNER, True)
