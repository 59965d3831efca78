"""How to make a row of each model that has a tenant; each gives the row's primary key."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.db.models.functions import Now

from events.models import Event, IdempotencyKey
from mce_bridge.models import Connection
from shell_query.models import Run, UnitSweep
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.encryption import seal
from tenants.models import ApiKey, AuditEntry, BusinessUnit, Grant, RefreshFamily, Tenant, User

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def make(model: type[models.Model], **fields: Any) -> Callable[[Caller], Any]:
    """A maker of `model`; a field may be a function of the caller."""

    def maker(caller: Caller) -> Any:
        values = {name: value(caller) if callable(value) else value for name, value in fields.items()}
        with tenant_scope(caller.tenant_id):
            return model._default_manager.create(tenant_id=caller.tenant_id, **values).pk

    return maker


def user_id(caller: Caller) -> UUID:
    return caller.user_id


def unit_id(caller: Caller) -> UUID:
    return caller.business_unit_id


def grant_id(caller: Caller) -> UUID:
    with tenant_scope(caller.tenant_id):
        return Grant.objects.get(user_id=caller.user_id).id


make_run = make(
    Run,
    user_id=user_id,
    business_unit_id=unit_id,
    sealed_sql=lambda _: seal("SELECT 1 AS One"),
    wake_at=lambda _: Now(),
)

ROWS: dict[type[models.Model], Callable[[Caller], Any]] = {
    Tenant: lambda caller: caller.tenant_id,
    User: user_id,
    BusinessUnit: unit_id,
    Grant: grant_id,
    ApiKey: make(
        ApiKey,
        user_id=user_id,
        business_unit_id=unit_id,
        name="key",
        prefix="abc",
        hashed_secret=lambda _: uuid4().hex,
        scopes=[],
    ),
    RefreshFamily: make(
        RefreshFamily,
        user_id=user_id,
        business_unit_id=unit_id,
        scopes=[],
        hashed_token_id="x",
        expires_at=LATER,
    ),
    AuditEntry: make(AuditEntry, action="signed_in", via="session"),
    Connection: make(
        Connection,
        business_unit_id=unit_id,
        kind="client_credentials",
        subdomain="mc-sample",
        auth_url="https://mc-sample.auth.marketingcloudapis.com/",
        client_id="sample",
        client_secret=lambda _: seal("secret"),
    ),
    Event: make(Event, subject_id=lambda _: uuid4(), sequence=1, name="status", data={}),
    IdempotencyKey: make(IdempotencyKey, user_id=user_id, key="k", request_hash="h"),
    Run: make_run,
    UnitSweep: make(UnitSweep, business_unit_id=unit_id),
}
