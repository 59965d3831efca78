"""What a query may take: how long the same one took before, and how many rows it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mce_bridge.account import Account
from mce_bridge.errors import NotThere
from mce_bridge.objects import rowsets
from shell_query.metadata import Described
from shell_query.models import Run
from shell_query.sql import Statement, TableRef
from shell_query.states import Status
from tenants.callers import Caller
from tenants.services import keyed_hash

MOST_COUNTED = 10
"""One call to Marketing Cloud each."""


@dataclass(frozen=True)
class Counted:
    """A table of the query. `rows` is None where Marketing Cloud does not say: data views, shared data extensions."""

    name: str
    rows: int | None


@dataclass(frozen=True)
class Estimate:
    """`previous` is the caller's latest ready run of the same query in this business unit. `tables` is None unless it
    was asked for."""

    previous: Run | None = None
    tables: tuple[Counted, ...] | None = None


def latest_run(caller: Caller, statement: Statement) -> Run | None:
    """Within the running scope."""
    text_hash = keyed_hash(tenant_id=caller.tenant_id, text=statement.normalized)
    ready = Run.objects.for_caller(caller).filter(sql_text_hash=text_hash, status=Status.READY)
    return ready.order_by("-started_at").first()


def count_rows(account: Account, tables: Sequence[TableRef], described: Mapping[str, Described]) -> tuple[Counted, ...]:
    """Of the first tables; the others are not counted."""
    counted: list[Counted] = []
    for table in tables:
        found = described.get(table.key) if len(counted) < MOST_COUNTED else None
        counted.append(Counted(table.name, rows_of(account, found.customer_key) if found else None))
    return tuple(counted)


def rows_of(account: Account, customer_key: str) -> int | None:
    try:
        return rowsets.page(account, key=customer_key, page=1, page_size=1).total
    except NotThere:
        return None
