"""A pooled connection is used again without a question, and never once its server has closed it."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from qspro.pooled import PooledConnection
from tenants.context import tenant_scope
from tests.cast import Cast

LAST_STATEMENT = "SELECT query FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def pool(cast: Cast) -> Iterator[ConnectionPool[PooledConnection]]:
    """One connection, of the runtime role."""
    options = connection.settings_dict["OPTIONS"]["pool"]
    with ConnectionPool(
        os.environ["DATABASE_URL"],
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
        connection_class=options["connection_class"],
        min_size=1,
        max_size=1,
    ) as one:
        yield one


def another() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def test_settings_make_pools_of_them(cast: Cast) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        assert isinstance(connection.connection, PooledConnection)


def test_nothing_is_asked_of_a_connection_that_nothing_is_heard_of(pool: ConnectionPool[PooledConnection]) -> None:
    with pool.connection() as first:
        first.execute("SELECT 'the last one'")
        pid = first.info.backend_pid
    with pool.connection() as again, another() as watching:
        assert again.info.backend_pid == pid
        assert watching.execute(LAST_STATEMENT, [pid]).fetchone() == ("SELECT 'the last one'",)


def test_one_that_its_server_has_ended_is_not_given_away(pool: ConnectionPool[PooledConnection]) -> None:
    with pool.connection() as first:
        pid = first.info.backend_pid
    with another() as ending:
        # Waits until it has ended, up to ten seconds.
        assert ending.execute("SELECT pg_terminate_backend(%s, 10000)", [pid]).fetchone() == (True,)
    with pool.connection() as second:
        assert second.info.backend_pid != pid
        assert second.execute("SELECT 1").fetchone() == (1,)


def test_an_empty_statement_of_a_living_connection_gives_no_rows(pool: ConnectionPool[PooledConnection]) -> None:
    with pool.connection() as living:
        assert living.execute("").description is None
