"""DuckDB in memory: where the rows are, and the threads that work on them."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from mce_sandbox.objects.fields import Field

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
THREADS = 2
# Queries and other writers wait for each other and work as long as they like: nobody else shall have to wait for them.
WRITERS = 16
LOCKS = 1024
# Whatever gets past the checks: no files, no network, no extensions, no more memory than this.
CLOSED: dict[str, str | int | float | list[str]] = {
    "memory_limit": "2GB",
    "max_temp_directory_size": "0KB",
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
# T-SQL's behaviour where DuckDB has none of it; a macro must be there before another uses it.
MACROS = ("numbers", "texts", "dates", "formats")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Warehouse:
    """One in-memory database; a schema a business unit, a table a data extension."""

    def __init__(self) -> None:
        self._database = duckdb.connect(":memory:", config={**CLOSED, "threads": THREADS})
        # SQL Server's collation: texts compare without regard to case, literals too.
        self._database.execute("SET GLOBAL default_collation = 'NOCASE'")
        self._database.execute("SET GLOBAL TimeZone = 'UTC'")
        for file in MACROS:
            self._database.execute((Path(__file__).with_name("macros") / f"{file}.sql").read_text("utf-8"))
        self._database.execute("SET lock_configuration = true")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="duckdb")
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="duckdb-writing")
        self._limited: set[duckdb.DuckDBPyConnection] = set()
        self._local = threading.local()
        self._locks = [threading.Lock() for _ in range(LOCKS)]

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own connection: DuckDB's are not to be shared."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._database.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor

    async def run(self, work: Callable[[duckdb.DuckDBPyConnection], Answer]) -> Answer:
        """Does work of moments with a connection on a thread of ours, never on the event loop's."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(self.cursor()))

    async def run_writing(
        self, table: str, work: Callable[[duckdb.DuckDBPyConnection], Answer], *, seconds: float | None = None
    ) -> Answer:
        """As `run`, for work that writes a table: one writer after the other, interrupted in time."""
        lock = self._lock(table)

        def locked() -> Answer:
            connection = self.cursor()
            with lock, self._limit(seconds, connection):
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._writers, locked)

    @contextmanager
    def _limit(self, seconds: float | None, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """None is without end."""
        if seconds is None:
            yield
            return
        timer = threading.Timer(seconds, connection.interrupt)
        timer.start()
        self._limited.add(connection)
        try:
            yield
        finally:
            self._limited.discard(connection)
            timer.cancel()

    def break_off(self) -> None:
        """Ends the statements that run in limited time. One that is about to begin is not hit: ask again."""
        for connection in list(self._limited):
            connection.interrupt()

    def _lock(self, table: str) -> threading.Lock:
        return self._locks[hash(table) % len(self._locks)]

    def create_schema(self, schema: str) -> None:
        self.cursor().execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")

    def create_table(self, table: str, fields: Iterable[Field]) -> None:
        """Makes an empty table; `table` is schema and name, ready for SQL."""
        columns = ", ".join(f"{quoted(field.name)} {field.duckdb_type}" for field in fields)
        self.cursor().execute(f"CREATE TABLE {table} ({columns})")

    def drop_later(self, table: str) -> None:
        """Drops a table on a thread of ours, after the query that writes to it."""
        self._writers.submit(self._drop, table)

    def _drop(self, table: str) -> None:
        try:
            with self._lock(table):
                self.cursor().execute(f"DROP TABLE IF EXISTS {table}")
        except duckdb.TransactionException:
            log.info("table %s is still being read, it stays", table)

    def close(self) -> None:
        for threads in (self._threads, self._writers):
            threads.shutdown(cancel_futures=True)
        self._database.close()
