"""Passing the rows through, a page at a time. None of them is kept anywhere."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from mce_bridge.account import Account
from mce_bridge.errors import NotThere
from mce_bridge.objects import rowsets
from mce_bridge.objects.rowsets import Direction
from mce_bridge.services import candidates
from shell_query.engine.flows import flow_of
from shell_query.errors import NoResults, ResultsGone, RunNotFound, RunNotReady
from shell_query.models import Run, RunQuerySet
from shell_query.states import Status
from shell_query.values import Value, typed
from tenants.callers import Caller
from tenants.compiled import Compiled
from tenants.context import tenant_scope

# Characters, as they are sent. IIS takes a query of 2,048 unless it is told otherwise.
MOST_OF_ORDER = 1_800
# Of some fifty columns; the others are not to be had from a run that is read here.
NEEDED = (
    *("id", "status", "flow", "columns", "order_by", "target_key", "target_update_type"),
    *("data_extension_name", "data_extension_id", "data_extension_removed_at"),
)


@dataclass(frozen=True)
class ResultPage:
    """`rows` hold a value for each of `columns`, in SELECT order. `truncated`: there are rows past the last page."""

    run_id: UUID
    page: int
    page_size: int
    total_rows: int
    total_pages: int
    truncated: bool
    columns: list[dict[str, Any]]
    rows: list[list[Value]] = field(repr=False)


def read_results(*, caller: Caller, run_id: UUID, page: int) -> ResultPage:
    """Raises RunNotFound, RunNotReady, NoResults, ResultsGone, and what MCE answers. `page` counts from 1.

    Of a RunToTarget it reads the target as it is now: all its rows, also those that were there before an Append or an
    Update, or came later. MCE does not mark rows, so those that the run wrote cannot be told apart.
    """
    run, account = run_with_account(caller, run_id)
    total, rows = read_page(account, run, page=page, page_size=settings.RESULT_PAGE_SIZE)
    pages = math.ceil(total / settings.RESULT_PAGE_SIZE)
    return ResultPage(
        run_id=run.id,
        page=page,
        page_size=settings.RESULT_PAGE_SIZE,
        total_rows=total,
        total_pages=min(pages, settings.RESULT_PAGE_LIMIT),
        truncated=pages > settings.RESULT_PAGE_LIMIT,
        columns=run.columns or [],
        rows=rows,
    )


def read_page(account: Account, run: Run, *, page: int, page_size: int) -> tuple[int, list[list[Value]]]:
    """How many rows there are in all, and those of this page. Raises ResultsGone, and what MCE answers."""
    columns: list[dict[str, Any]] = run.columns or []
    try:
        rowset = rowsets.page(
            account,
            key=flow_of(run).destination(run).key,
            page=page,
            page_size=page_size,
            order_by=total_order(run.order_by, columns),
        )
    except NotThere as gone:
        raise ResultsGone("The data extension with the rows was deleted or has expired; run it again.") from gone
    return rowset.total, rows_of(rowset.rows, columns)


def run_with_account(caller: Caller, run_id: UUID) -> tuple[Run, Account]:
    """A ready run and the way to its rows, read in one transaction."""
    with tenant_scope(caller.tenant_id):
        run = find_ready(caller, run_id)
        found = candidates(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
    return run, found.open()


def ready_run(caller: Caller, run_id: UUID) -> Run:
    with tenant_scope(caller.tenant_id):
        return find_ready(caller, run_id)


def one_of(run_id: UUID, user_id: UUID, business_unit_id: UUID) -> RunQuerySet:
    return Run.objects.made_by(user_id=user_id, business_unit_id=business_unit_id).filter(id=run_id).only(*NEEDED)


# Asked with each page of each run.
own_run = Compiled(one_of, count=3)


def find_ready(caller: Caller, run_id: UUID) -> Run:
    """Within the running scope."""
    found = own_run.rows(caller.tenant_id, run_id, caller.user_id, caller.business_unit_id)
    if not found:
        raise RunNotFound
    (run,) = found
    if run.status in {Status.QUEUED, Status.RUNNING}:
        raise RunNotReady(f"The run is {run.status}; its events tell when it is ready.", retry_after=2)
    if run.status != Status.READY:
        raise NoResults(f"The run is {run.status}.")
    return run


def total_order(order_by: Sequence[Sequence[str]], columns: Sequence[dict[str, Any]]) -> list[tuple[str, Direction]]:
    """The query's own order as far as its columns come out and can be named, then the other columns that can, as many
    as an address takes (docs/decisions/0035).

    MCE keeps no order, and each page is a new snapshot: only a total order makes pages that neither overlap nor lose
    rows.
    """
    named = takewhile(lambda term: can_be_named(term[0]), order_by)
    asked: list[tuple[str, Direction]] = [(name, "desc" if way == "desc" else "asc") for name, way in named]
    taken = {name.lower() for name, _ in asked}
    names = [column["name"] for column in columns if can_be_named(column["name"])]
    rest: list[tuple[str, Direction]] = [(name, "asc") for name in names if name.lower() not in taken]
    return list(fitting(asked + rest))


def fitting(order: Iterable[tuple[str, Direction]]) -> Iterator[tuple[str, Direction]]:
    left = MOST_OF_ORDER
    for name, direction in order:
        left -= len(quote(f"{name} {direction},", safe=""))
        if left < 0:
            return
        yield name, direction


def can_be_named(name: str) -> bool:
    """Commas part the columns of `$orderBy`, and blanks each of them from its direction: MCE would refuse the page."""
    return "," not in name and name == " ".join(name.split())


def rows_of(items: Sequence[dict[str, str]], columns: Sequence[dict[str, Any]]) -> list[list[Value]]:
    """MCE gives every name in lower case and every value as text."""
    known = [(column["name"].lower(), column["type"]) for column in columns]
    return [[typed(values.get(name, ""), kind) for name, kind in known] for values in items]
