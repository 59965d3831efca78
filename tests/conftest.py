"""What every test can ask for. Run them through `make test`, or `python -m stack servers -- pytest ...`."""

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from redis import Redis

from tests import sandbox
from tests.cast import Cast, connect, make_cast
from tests.leaks import Leaks, Watch, secrets_of
from tests.sandbox import Sandbox

# Emptied beside the tables under row-level security; rows that a migration wrote are in others.
PLAIN_TABLES = ("django_admin_log", "django_session", "leases_pausedqueue")
TENANTS_TABLES = """
    SELECT oid::regclass::text FROM pg_class
     WHERE relkind = 'r' AND relforcerowsecurity AND relnamespace = 'public'::regnamespace
"""
# Row-level security holds for the owner too, and to TRUNCATE takes the owner some thirty times as long as to DELETE.
MAY_EMPTY = """
    CREATE POLICY emptied_after_tests ON {table} FOR DELETE TO CURRENT_USER
     USING (current_setting('tests.emptying', true) = 'on')
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> str:
    """The empty database that the servers came with, migrated by the owner. Tests run as the runtime role.

    Gives the statements that empty it.
    """
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        with connections["owner"].cursor() as cursor:
            cursor.execute(TENANTS_TABLES)
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(MAY_EMPTY.format(table=table))
        connections["owner"].close()
    emptied = (f"DELETE FROM {table}" for table in (*PLAIN_TABLES, *tables))
    return "; ".join(["SET LOCAL tests.emptying = 'on'", *emptied])


@pytest.fixture(scope="session")
def log_watch() -> Iterator[Watch]:
    watch = Watch(Leaks(secrets_of(os.environ)))
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)


@pytest.fixture(autouse=True)
def no_leak_into_the_log(log_watch: Watch) -> Iterator[None]:
    """No test may make the service log SQL, rows, tokens or secrets."""
    log_watch.found.clear()
    yield
    assert log_watch.found == []


@pytest.fixture
def database(django_db_setup: str, django_db_blocker: Any) -> Iterator[None]:
    """A real PostgreSQL with nothing in it."""
    with django_db_blocker.unblock():
        yield
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute(django_db_setup)
        for connection in connections.all(initialized_only=True):
            connection.close()


@pytest.fixture
def cast(database: None) -> Cast:
    """Alice owns, Bob is her colleague, Mallory is another tenant."""
    return make_cast()


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """All tests come from one address; those of limits say which limit they mean."""
    settings.RATE_LIMITS = {}


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
