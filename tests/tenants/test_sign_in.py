"""Whom Marketing Cloud has signed in, whoever else comes at the same moment."""

import pytest

from tenants.callers import ALL_SCOPES, Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit, Grant, Tenant, User
from tenants.services import all_tenants
from tenants.services.sign_in import sign_in
from tests.threads import at_once


def arrive(number: int, *, enterprise: int = 7) -> Caller:
    return sign_in(
        enterprise_id=str(enterprise),
        enterprise_name="Northwind",
        subdomain="mc-northwind",
        mid=enterprise + 1,
        mce_user_id=str(number),
        name=f"User {number}",
        email="",
    )


@pytest.mark.usefixtures("database")
def test_of_many_who_are_first_at_once_one_owns_the_one_tenant() -> None:
    callers = at_once(8, arrive)
    assert [each for each in callers if not isinstance(each, Caller)] == []
    (tenant_id,) = all_tenants()
    with tenant_scope(tenant_id):
        assert (Tenant.objects.count(), BusinessUnit.objects.count(), Grant.objects.count()) == (1, 1, 8)
        assert sorted(User.objects.values_list("role", flat=True)) == ["member"] * 7 + ["owner"]


@pytest.mark.usefixtures("database")
def test_one_person_in_many_tabs_at_once_is_one_user() -> None:
    callers = at_once(6, lambda _: arrive(1))
    assert [each for each in callers if not isinstance(each, Caller)] == []
    assert len(set(callers)) == 1
    with tenant_scope(all_tenants()[0]):
        assert (User.objects.count(), Grant.objects.count()) == (1, 1)


@pytest.mark.usefixtures("database")
def test_business_units_are_called_by_their_enterprise_or_their_mid() -> None:
    caller = arrive(1)
    parent = sign_in(
        enterprise_id="7",
        enterprise_name="Northwind",
        subdomain="mc-northwind",
        mid=7,
        mce_user_id="1",
        name="",
        email="",
    )
    assert (parent.user_id, parent.role, parent.scopes) == (caller.user_id, "owner", ALL_SCOPES)
    with tenant_scope(caller.tenant_id):
        assert list(BusinessUnit.objects.values_list("name", flat=True)) == ["Northwind", "Business unit 8"]
