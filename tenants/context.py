"""In whose name the database is asked.

Row-level security shows a row only to the tenant named by the transaction-local setting `app.tenant_id`, and
`tenant_scope()` is the only place that sets it. Outside a scope there are no rows: not an error, an empty answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from qspro.logging import tenant_id_var

SETTING = "app.tenant_id"


@contextmanager
def tenant_scope(tenant_id: UUID | str) -> Iterator[None]:
    """A short transaction in which the rows of `tenant_id` can be seen and written, and no others.

    Scopes nest: an inner one is a savepoint, and the outer tenant is back when it ends. The outermost one gives its
    connection back to the pool at its end. Never wait for a remote service or a client inside one.
    """
    tenant = str(UUID(str(tenant_id)))
    outermost = not connection.in_atomic_block
    log_token = tenant_id_var.set(tenant)
    try:
        with transaction.atomic():
            previous = "" if outermost else current_tenant()
            set_tenant(tenant)
            yield
            if not outermost:
                # The setting outlives a savepoint that ends well; a failed one takes it back by itself.
                set_tenant(previous)
    finally:
        tenant_id_var.reset(log_token)
        if outermost:
            give_connection_back()


def give_connection_back() -> None:
    """To the pool, if there is one: under ASGI and in worker threads Django would keep it until the thread's next
    request.
    """
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close()


def set_tenant(tenant: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, tenant])


def current_tenant() -> str:
    """The tenant of the running transaction, '' for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return str(cursor.fetchone()[0])
