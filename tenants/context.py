"""In whose name the database is asked.

Row-level security shows a row only to the tenant named by the transaction-local setting `app.tenant_id`, and this
module is the only place that sets it. Outside a scope there are no rows: not an error, an empty answer.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db import connection, connections, transaction
from django.db.models import UUIDField
from django.db.models.expressions import RawSQL

from qspro.logging import tenant_id_var
from qspro.postgresql.base import DatabaseWrapper
from qspro.statements import Statement, send

SETTING = "app.tenant_id"
SET = "SELECT set_config(%s, %s, true)"

# The row that was found among those of all tenants, for what is asked next about it.
FOUND_SETTING = "app.found_id"
FOUND = RawSQL("NULLIF(current_setting('app.found_id', true), '')::uuid", (), UUIDField())
SET_FOUND = """
    SELECT set_config(%s, found.tenant_id::text, true), set_config(%s, found.id::text, true), found.*
      FROM ({}) AS found"""

# Whose scope is running, "" for none.
running: ContextVar[str] = ContextVar("running_scope", default="")


@contextmanager
def tenant_scope(tenant_id: UUID | str) -> Iterator[None]:
    """A short transaction in which the rows of `tenant_id` can be seen and written, and no others.

    Scopes nest: an inner one is a savepoint, and the outer tenant is back when it ends. The outermost one gives its
    connection back to the pool at its end. Never wait for a remote service or a client inside one.
    """
    tenant = str(UUID(str(tenant_id)))
    outermost = not connection.in_atomic_block
    log_token, token = tenant_id_var.set(tenant), running.set(tenant)
    try:
        with database().atomic_from(SET, [SETTING, tenant]) if outermost else savepoint_of(tenant):
            yield
    finally:
        running.reset(token)
        tenant_id_var.reset(log_token)
        if outermost:
            give_back()


def ask(tenant_id: UUID, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What one statement gives in the scope of `tenant_id`: in the running one, or in one of its own.

    A SELECT is asked again over another connection where the server has ended this one; of another statement it is not
    known whether it was carried out.
    """
    tenant = str(UUID(str(tenant_id)))
    asked = Statement(sql, tuple(values))
    # What follows a commit is no longer in the scope, though it still runs in its name.
    if connection.in_atomic_block and running.get() == tenant:
        return send(asked)[-1]
    scope = Statement(SET, (SETTING, tenant))
    return in_scope(scope, asked, may_repeat=sql.lstrip().startswith("SELECT"))[-1]


def ask_of_found(find: Statement, then: Statement) -> tuple[tuple[Any, ...] | None, list[tuple[Any, ...]]]:
    """The row that a definer function finds among those of all tenants, and what `then` gives in the scope of its
    tenant.

    `find` is a SELECT of one row at most, that begins with a `tenant_id` and an `id`; `then` may name that id as FOUND.
    """
    scope = Statement(SET_FOUND.format(find.sql), (SETTING, FOUND_SETTING, *find.values))
    found, rows = in_scope(scope, then)
    return (found[0][2:], rows) if found else (None, [])


def in_scope(scope: Statement, asked: Statement, *, may_repeat: bool = False) -> list[list[tuple[Any, ...]]]:
    """The rows of both, the first of which sets a scope for the second: in one round trip, and one transaction. Within
    a running one the scope that was there is back afterwards.
    """
    if connection.in_atomic_block:
        with scope_kept():
            return send(scope, asked)
    try:
        return database().first_said(partial(send, scope, asked)) if may_repeat else send(scope, asked)
    finally:
        give_back()


def database() -> DatabaseWrapper:
    """This thread's, which Django only knows as one of any kind."""
    return cast(DatabaseWrapper, connections["default"])


def give_back() -> None:
    """The connection, to its pool: under ASGI and in worker threads Django would keep it until the next request."""
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close()


@contextmanager
def savepoint_of(tenant: str) -> Iterator[None]:
    with scope_kept():
        set_tenant(tenant)
        yield


@contextmanager
def scope_kept() -> Iterator[None]:
    """A savepoint, after which the scope is as it was."""
    with transaction.atomic():
        previous = current_tenant()
        yield
        # The setting outlives a savepoint that ends well; a failed one takes it back by itself.
        set_tenant(previous)


def set_tenant(tenant: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET, [SETTING, tenant])


def current_tenant() -> str:
    """The tenant of the running transaction, '' for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return str(cursor.fetchone()[0])
