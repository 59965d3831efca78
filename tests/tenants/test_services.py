"""Making tenants, units and people: twice is once, also when it happens at the same moment."""

import hashlib
import re
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.context import tenant_scope
from tenants.models import BusinessUnit, Grant, Role, Tenant, User
from tenants.services import ensure_business_unit, ensure_tenant, ensure_user, find_tenant, grant, keyed_hash
from tests.cast import Cast
from tests.threads import at_once


def make_tenant(name: str = "Acme") -> UUID:
    return ensure_tenant(enterprise_id="42", name=name, subdomain="mc-acme")


def make_user(tenant_id: UUID, mce_user_id: str, name: str = "Nia") -> UUID:
    return ensure_user(tenant_id=tenant_id, mce_user_id=mce_user_id, email=f"{name}@example.org", name=name)


def test_a_tenant_is_made_once_and_found_by_its_enterprise(database: None) -> None:
    assert find_tenant("42") is None
    tenant_id = make_tenant()
    assert (make_tenant("Another name"), find_tenant("42")) == (tenant_id, tenant_id)
    assert [tenant.name for tenant in Tenant.objects.using("operator")] == ["Acme"]


def test_a_tenant_made_by_eight_at_once_is_one(database: None) -> None:
    found = at_once(8, lambda number: make_tenant(f"Name {number}"))
    assert found == [find_tenant("42")] * 8
    assert Tenant.objects.using("operator").count() == 1


def test_a_business_unit_made_by_eight_at_once_is_one_and_keeps_its_name(cast: Cast) -> None:
    tenant_id = cast.alice.caller.tenant_id
    found = at_once(8, lambda _: ensure_business_unit(tenant_id=tenant_id, mid=99, name="Asia"))
    again = ensure_business_unit(tenant_id=tenant_id, mid=99, name="Another name")
    assert found == [again] * 8
    with tenant_scope(tenant_id):
        assert BusinessUnit.objects.get(mid=99).name == "Asia"


def test_two_tenants_may_have_a_unit_of_the_same_mid(cast: Cast) -> None:
    units = {
        ensure_business_unit(tenant_id=person.caller.tenant_id, mid=99, name="x")
        for person in (cast.alice, cast.mallory)
    }
    assert len(units) == 2


def test_of_eight_first_users_at_once_exactly_one_is_the_owner(database: None) -> None:
    tenant_id = make_tenant()
    found = at_once(8, lambda number: make_user(tenant_id, f"u-{number}"))
    assert len(set(found)) == 8
    with tenant_scope(tenant_id):
        roles = sorted(User.objects.values_list("role", flat=True))
    assert roles == [Role.MEMBER] * 7 + [Role.OWNER]


def test_a_user_made_by_eight_at_once_is_one(database: None) -> None:
    tenant_id = make_tenant()
    found = at_once(8, lambda _: make_user(tenant_id, "u-1"))
    assert found == [found[0]] * 8
    with tenant_scope(tenant_id):
        assert User.objects.get().id == found[0]


def test_a_user_who_comes_again_has_the_new_name_and_the_role_and_state_that_somebody_gave(cast: Cast) -> None:
    bob = cast.bob.caller
    with tenant_scope(bob.tenant_id):
        User.objects.filter(id=bob.user_id).update(role=Role.ADMIN, is_active=False)
    assert make_user(bob.tenant_id, "502", "Robert") == bob.user_id
    with tenant_scope(bob.tenant_id):
        user = User.objects.get(id=bob.user_id)
    assert (user.name, user.email, user.role, user.is_active) == ("Robert", "Robert@example.org", Role.ADMIN, False)


def test_a_grant_made_by_eight_at_once_is_one(cast: Cast) -> None:
    bob = cast.bob.caller
    unit_id = ensure_business_unit(tenant_id=bob.tenant_id, mid=99, name="Asia")
    at_once(8, lambda _: grant(tenant_id=bob.tenant_id, user_id=bob.user_id, business_unit_id=unit_id))
    with tenant_scope(bob.tenant_id):
        assert Grant.objects.filter(user_id=bob.user_id, business_unit_id=unit_id).count() == 1


def test_a_hash_is_the_tenants_own(cast: Cast) -> None:
    text = "SELECT 1"
    northwind, globex = (keyed_hash(tenant_id=each.caller.tenant_id, text=text) for each in (cast.alice, cast.mallory))
    assert keyed_hash(tenant_id=cast.bob.caller.tenant_id, text=text) == northwind
    assert re.fullmatch(r"[0-9a-f]{64}", northwind)
    assert len({northwind, globex, hashlib.sha256(text.encode()).hexdigest()}) == 3


def test_a_tenants_hash_key_is_read_once(cast: Cast) -> None:
    caller = cast.alice.caller
    first = keyed_hash(tenant_id=caller.tenant_id, text="SELECT 1")
    with CaptureQueriesContext(connection) as asked:
        again = keyed_hash(tenant_id=caller.tenant_id, text="SELECT 1")
    assert (again, len(asked)) == (first, 0)
