"""Every page of the admin on our own models: it shows all tenants, and costs the same whatever it lists."""

from uuid import UUID

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from mce_bridge.models import Connection
from shell_query.models import Run, UnitSweep
from tenants import administration
from tenants.callers import ALL_SCOPES, Caller
from tenants.models import ApiKey, AuditEntry, BusinessUnit, Grant, Staff, Tenant, User
from tenants.services import ensure_business_unit, ensure_tenant, ensure_user, grant
from tests.rows import ROWS
from tests.staff import queries_of, staff_client

# Session, who is asking, how many, and the rows; one more where there is a filter by tenant.
QUERIES: dict[type[models.Model], int] = {
    Tenant: 4,
    BusinessUnit: 5,
    User: 5,
    Staff: 4,
    Grant: 5,
    ApiKey: 5,
    AuditEntry: 5,
    Connection: 5,
    Run: 6,
    UnitSweep: 5,
}
OURS = {"tenants", "leases", "events", "mce_bridge", "shell_query", "console", "operators"}


def make_tenant(number: int) -> None:
    """One row of each model."""
    tenant_id = ensure_tenant(enterprise_id=str(number), name=f"Tenant {number}", subdomain="mc-sample")
    unit_id = ensure_business_unit(tenant_id=tenant_id, mid=number, name="Unit")
    user_id = ensure_user(tenant_id=tenant_id, mce_user_id="u", email="", name=f"User {number}")
    grant(tenant_id=tenant_id, user_id=user_id, business_unit_id=unit_id)
    caller = Caller(tenant_id, user_id, unit_id, number, "owner", ALL_SCOPES)
    for model in (ApiKey, AuditEntry, Connection, Run, UnitSweep):
        ROWS[model](caller)


def page(model: type[models.Model], name: str = "changelist", *args: UUID) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def test_these_are_all_of_our_pages() -> None:
    assert {model for model in admin.site._registry if model._meta.app_label in OURS} == set(QUERIES)


def test_the_index_speaks_of_what_is_run_not_of_how_it_is_made(database: None) -> None:
    shown = staff_client().get("/admin/").context
    assert (shown["site_header"], shown["title"]) == ("QS Pro", "For those who run it")
    names = ["Marketing Cloud", "Periodic Tasks", "Runs", "Tenants and people"]
    assert [app["name"] for app in shown["app_list"]] == names


@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model._meta.label)
def test_a_list_costs_the_same_for_one_row_and_for_three(model: type[models.Model], database: None) -> None:
    client = staff_client()
    make_tenant(1)
    client.get(page(model))  # content types are remembered from here on
    for_one = queries_of(client, page(model))
    make_tenant(2)
    make_tenant(3)
    Staff.objects.create(username="tess", role="staff")
    Staff.objects.create(username="uli", role="staff")
    shown = client.get(page(model)).context["cl"].result_list
    assert (for_one, queries_of(client, page(model)), len(shown)) == (QUERIES[model], QUERIES[model], 3)


@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model._meta.label)
def test_a_row_of_any_tenant_opens_with_its_history_and_can_be_searched(
    model: type[models.Model], database: None
) -> None:
    client = staff_client()
    make_tenant(1)
    row = client.get(page(model)).context["cl"].result_list[0]
    opened = client.get(page(model, "change", row.pk))
    assert opened.context["original"] == row
    assert client.get(page(model, "history", row.pk)).context["object"] == row
    assert client.get(page(model), {"q": "zzz"}).context["cl"].result_count == 0


@pytest.mark.parametrize(
    "model", [model for model in QUERIES if model not in {Tenant, Staff}], ids=lambda model: model._meta.label
)
def test_a_list_can_be_narrowed_to_a_tenant(model: type[models.Model], database: None) -> None:
    client = staff_client()
    make_tenant(1)
    make_tenant(2)
    tenant = Tenant.objects.using("operator").get(enterprise_id="2")
    shown = client.get(page(model), {"tenant": str(tenant.id)}).context["cl"].result_list
    assert [row.tenant_id for row in shown] == [tenant.id]
    assert client.get(page(model), {"tenant": "junk"}).context["cl"].result_count == 2


@pytest.mark.parametrize(
    "model", [model for model in QUERIES if model is not Staff], ids=lambda model: model._meta.label
)
def test_no_list_offers_or_makes_counts_of_what_each_filter_would_leave(
    model: type[models.Model], database: None
) -> None:
    client = staff_client()
    make_tenant(1)
    assert client.get(page(model), {"_facets": "True"}).status_code == 200
    assert "Show counts" not in client.get(page(model)).content.decode()


@pytest.mark.parametrize("model", [Run, AuditEntry], ids=lambda model: model._meta.label)
def test_of_what_grows_for_ever_the_newest_are_counted_and_no_more(
    model: type[models.Model], database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MOST_LISTED", 2)
    monkeypatch.setattr(admin.site._registry[model], "list_per_page", 1)
    client = staff_client()
    for number in (1, 2, 3):
        make_tenant(number)
    shown = [client.get(page(model), {"p": number}).context["cl"] for number in (1, 2)]
    assert [list_.result_count for list_ in shown] == [2, 2]
    assert [row.tenant.name for list_ in shown for row in list_.result_list] == ["Tenant 3", "Tenant 2"]
