"""What every test can ask for. Run them through `make test`, or `python -m stack servers -- pytest ...`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from redis import Redis

from tests import sandbox
from tests.cast import Cast, connect, make_cast
from tests.sandbox import Sandbox

# Rows that a migration wrote stay; all else goes after each test.
EMPTIED = "TRUNCATE tenants_tenant, tenants_user, django_session CASCADE"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """The empty database that the servers came with, migrated by the owner. Tests run as the runtime role."""
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        connections["owner"].close()


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A real PostgreSQL with nothing in it."""
    with django_db_blocker.unblock():
        yield
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
            cursor.execute(EMPTIED)
        for connection in connections.all(initialized_only=True):
            connection.close()


@pytest.fixture
def cast(database: None) -> Cast:
    """Alice owns, Bob is her colleague, Mallory is another tenant."""
    return make_cast()


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A real Valkey with nothing in it."""
    client = Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[tuple[Sandbox, dict[str, Any]]]:
    """One sandbox for all tests, and its dials as they are at the start."""
    with sandbox.running(settings.MCE_SANDBOX_URL) as server:
        yield server, server.dials()


@pytest.fixture
def mce(sandbox_server: tuple[Sandbox, dict[str, Any]]) -> Iterator[Sandbox]:
    """A Marketing Cloud whose queries take 50 ms, unless a test turns its dials."""
    server, first_dials = sandbox_server
    server.start_over({**first_dials, "query_ms": 50, "queued_ms": 10})
    yield server
    server.start_over(first_dials)


@pytest.fixture
def connected(cast: Cast, mce: Sandbox) -> Cast:
    """The cast, with each business unit connected to the sandbox."""
    connect(cast, mce.url)
    return cast
