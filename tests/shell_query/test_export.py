"""Rows page by page: for how long Marketing Cloud is waited for, and what is left in the threads that ask it."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import Settings

from mce_bridge.errors import Throttled
from mce_bridge.services import create_connection
from shell_query.models import Run
from shell_query.services.export import Rows, pages, read_rows
from tenants.callers import Caller
from tests.cast import Cast
from tests.mce_bridge import hostile
from tests.mce_bridge.conftest import token_answer
from tests.sandbox import Sandbox
from tests.shell_query.driver import run_sql

ONE = {"count": 2, "items": [{"values": {"city": "Ulm"}}]}


@pytest.mark.parametrize("seconds", [11, 3600])
def test_marketing_cloud_that_asks_for_a_long_pause_is_not_waited_for(
    cast: Cast, settings: Settings, seconds: int
) -> None:
    caller = cast.alice.caller
    run = Run(id=uuid4(), columns=[{"name": "City", "type": "Text"}])

    async def rest() -> list[Rows]:
        async with asyncio.timeout(10):
            return [rows async for rows in pages(caller, run, first=[["Bonn"]], left=2, parent="")]

    with hostile.running() as server:
        settings.MCE_SANDBOX_URL = server.origin
        connect(caller, server.origin)
        wait = hostile.http(429, "{}", Retry_After=str(seconds))
        server.then(token_answer(server.origin), wait, hostile.http(200, json.dumps(ONE)))
        with pytest.raises(Throttled) as raised:
            asyncio.run(rest())
        assert (raised.value.retry_after, len(server.requests)) == (seconds, 2)


def connect(caller: Caller, origin: str) -> None:
    create_connection(
        tenant_id=caller.tenant_id,
        business_unit_id=caller.business_unit_id,
        client_id="an-app",
        client_secret="a-secret",
        auth_url=origin,
    )


@pytest.fixture
def unpooled(connected: Cast) -> Iterator[Cast]:
    """The cast, each connected; from here on connections are this process's own, as with DATABASE_POOL=0."""
    options = connection.settings_dict["OPTIONS"]
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["OPTIONS"] = {name: value for name, value in options.items() if name != "pool"}
    yield connected
    connection.close()
    connection.settings_dict["OPTIONS"] = options


@pytest.mark.parametrize("fails", [False, True])
def test_the_thread_that_read_a_page_keeps_no_connection(unpooled: Cast, mce: Sandbox, fails: bool) -> None:
    """Nobody else lets it go, and one that the server ends would stay there."""
    caller = unpooled.alice.caller
    run = run_sql(caller, "SELECT City FROM Stores")
    if fails:
        mce.fault("Rowset", "http", status=429)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(read_rows, caller, run, 1, parent="")
        assert (type(asked.exception()), thread.submit(lambda: connection.connection).result()) == (
            Throttled if fails else type(None),
            None,
        )
