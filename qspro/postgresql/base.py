"""Django's backend for PostgreSQL, with two round trips fewer each time a connection of the pool is used.

Each round trip wakes a process of PostgreSQL's and then our thread again, which costs more than what most of ours say.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django.db.backends.postgresql import base
from psycopg import Error
from psycopg_pool import ConnectionPool

T = TypeVar("T")


class DatabaseWrapper(base.DatabaseWrapper):
    """One trip is BEGIN's, which goes together with the first statement, the other the question whether a connection
    still works (CONN_HEALTH_CHECKS), which its socket answers, or else the first statement.
    """

    first: tuple[str, Sequence[Any]] = "", ()

    @contextmanager
    def atomic_from(self, sql: str, values: Sequence[Any]) -> Iterator[None]:
        """A transaction that begins with this statement, not within another one."""
        self.first = sql, values
        try:
            with transaction.atomic(self.alias):
                yield
        finally:
            self.first = "", ()

    def _start_transaction_under_autocommit(self) -> None:
        """Called by Django where there is one, instead of leaving it to psycopg to send a BEGIN of its own."""
        (sql, values), self.first = self.first, ("", ())

        def begin() -> None:
            with self.cursor() as cursor:
                cursor.execute(f"BEGIN; {sql}", values)

        try:
            self.first_said(begin)
        except BaseException:
            # It may have begun all the same, and Django knows of none: what comes next would be in it, and see its
            # tenant.
            self.close()
            raise

    def first_said(self, say: Callable[[], T]) -> T:
        """Said again, once, over another connection where it finds that the server has ended this one: nothing has
        been done over it yet. Another one that is ended as well was not ended before.
        """
        try:
            return say()
        except OperationalError:
            if self.pool is None or self.connection is None or not self.connection.closed:
                raise
            self.close()
        return say()

    def _set_autocommit(self, autocommit: bool) -> None:
        """psycopg's stays on in such a transaction, and to say so again takes a lock and checks."""
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """One that works; those of a server that went away meanwhile are given back, and others made for them."""
        while True:
            connection = super().get_new_connection(conn_params)
            if self.pool is None or not is_ended(connection):
                return connection
            self.pool.putconn(connection)


def is_ended(connection: Any) -> bool:
    """Whether the server has ended it. Nothing comes over an idle connection but its end, or now and then a notice."""
    try:
        if not has_news(connection.fileno()):
            return False
        ConnectionPool.check_connection(connection)
    except Error:
        return True
    return False


def has_news(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
