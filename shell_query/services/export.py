"""All rows that can be paged, passed through a page at a time. None of them is kept anywhere."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from mce_bridge.errors import TransientError
from mce_bridge.services import open_account
from qspro.tracing import span, trace_parent
from shell_query.models import Run
from shell_query.services.results import read_page, run_with_account
from shell_query.values import Value
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import Action
from tenants.services.audit import Actor, note

# Rows of one question to MCE: few questions, and little in memory.
PAGE_SIZE = 500
ATTEMPTS = 3
PAUSE_SECONDS = 1.0
# A client that gets nothing for longer takes the download for dead; MCE may ask for an hour.
LONGEST_PAUSE_SECONDS = 10.0

Rows = list[list[Value]]


@dataclass(frozen=True)
class Export:
    """`columns` as a run has them, and `rows` page by page. The first page has been read already."""

    columns: list[dict[str, str]]
    rows: AsyncIterator[Rows] = field(repr=False)


def export_results(*, caller: Caller, run_id: UUID) -> Export:
    """Raises as `read_results` does. What MCE answers later breaks off `rows`.

    The audit has it before the first row goes out, since nobody can say later how many arrived.
    """
    run, account = run_with_account(caller, run_id)
    total, first = read_page(account, run, page=1, page_size=PAGE_SIZE)
    left = min(total, settings.RESULT_PAGE_SIZE * settings.RESULT_PAGE_LIMIT)
    with tenant_scope(caller.tenant_id):
        actor = Actor.caller(caller)
        note(Action.RESULTS_DOWNLOADED, tenant_id=caller.tenant_id, actor=actor, subject=run.id, rows=left)
    return Export(columns=run.columns or [], rows=pages(caller, run, first=first, left=left, parent=trace_parent()))


async def pages(caller: Caller, run: Run, *, first: Rows, left: int, parent: str) -> AsyncIterator[Rows]:
    """`left` rows at most. Between the pages no thread is kept: the client may be slow."""
    page, rows = 1, first
    while rows and left > 0:
        yield rows[:left]
        left -= len(rows)
        if left > 0:
            page += 1
            rows = await read_patiently(caller, run, page, parent=parent)


async def read_patiently(caller: Caller, run: Run, page: int, *, parent: str) -> Rows:
    """What has begun is better ended after a short pause than broken off."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            rows = await sync_to_async(read_rows, thread_sensitive=False)(caller, run, page, parent=parent)
        except TransientError as trouble:
            pause = trouble.retry_after or PAUSE_SECONDS
            if attempt == ATTEMPTS or pause > LONGEST_PAUSE_SECONDS:
                raise
            await asyncio.sleep(pause)
        else:
            return rows
    raise AssertionError("unreachable")


def read_rows(caller: Caller, run: Run, page: int, *, parent: str) -> Rows:
    """When the request's own span has ended: `parent` is where this one belongs.

    In a thread that no request ends, and so nobody else lets its connection go.
    """
    whose = {"qspro.tenant_id": str(caller.tenant_id), "qspro.run_id": str(run.id)}
    try:
        with span("page of CSV", whose, kind="internal", parent=parent):
            unit_id, user_id = caller.business_unit_id, caller.user_id
            account = open_account(tenant_id=caller.tenant_id, business_unit_id=unit_id, user_id=user_id)
            return read_page(account, run, page=page, page_size=PAGE_SIZE)[1]
    finally:
        connection.close()
