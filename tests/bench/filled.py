"""Fills a benchmark's own database with millions of rows, in minutes: without keys and indexes, which follow."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tenants.encryption import seal
from tests.bench.database import ADMIN
from tests.past.filling import TABLES, Past, fill

KEYS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'f') ORDER BY contype = 'f', conname
"""
# Those of keys come with them.
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
     WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
Connection = psycopg.Connection[tuple[Any, ...]]


def ensure_filled(past: Past) -> None:
    """Unless it is already; then what an earlier time left behind is cleared away, as autovacuum does each minute."""
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM tenants_tenant LIMIT 1").fetchone():
            connection.execute("VACUUM (ANALYZE)")
            return
        # A checkpoint for each gigabyte written would write the same pages many times.
        connection.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")  # foreign keys: the rows are made to fit
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET work_mem = '64MB'")
        with without_indexes(connection):
            fill(connection.execute, past, hash_key=seal("a key for hashes of a benchmark"))
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("ALTER SYSTEM RESET max_wal_size")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CHECKPOINT")


@contextmanager
def without_indexes(connection: Connection) -> Iterator[None]:
    again = [statement for table in TABLES for statement in taken_away(connection, table)]
    yield
    for statement in again:
        connection.execute(statement)


def taken_away(connection: Connection, table: str) -> Iterator[str]:
    """Takes the table's keys and indexes away, and gives the statements that make them again."""
    keys = connection.execute(KEYS, [table]).fetchall()
    indexes = connection.execute(INDEXES, [table]).fetchall()
    for name, definition in reversed(keys):
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        # A foreign key goes back unproven: proving it reads both tables, and the rows are made to fit.
        proof = " NOT VALID" if definition.startswith("FOREIGN KEY") else ""
        yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{proof}"
    for name, definition in indexes:
        connection.execute(f"DROP INDEX {name}")
        yield definition
