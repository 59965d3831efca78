"""What the product sends to the database, statement by statement; and nothing of it stays."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

ALIASES = ("default", "operator")
# What tenants/context.py says of a scope alone.
SCOPES = ("SELECT set_config", "SELECT coalesce(current_setting")


@dataclass(frozen=True)
class Sent:
    """A statement of the product, over which of the connections, and how long it took."""

    alias: str
    sql: str
    params: Any
    ms: float


# Before a statement is sent; may ask something of the same connection.
Before = Callable[[str, str, Any], None]


@contextmanager
def listening(before: Before | None = None) -> Iterator[list[Sent]]:
    """Those of the block, but for savepoints and scopes; undone at its end."""
    heard: list[Sent] = []
    with ExitStack() as stack:
        for alias in ALIASES:
            stack.enter_context(undone(alias))
            stack.enter_context(connections[alias].execute_wrapper(Ear(alias, heard, before)))
        yield heard


@contextmanager
def undone(alias: str) -> Iterator[None]:
    with transaction.atomic(alias):
        yield
        transaction.set_rollback(True, alias)


def apart(sql: str, params: Any) -> Iterator[tuple[str, Any]]:
    """The statements of what is sent at once, each with its own values."""
    left = list(params or ())
    for statement in sql.split(";"):
        count = statement.count("%s")
        yield statement, left[:count] if params is not None else None
        del left[:count]


@dataclass
class Ear:
    alias: str
    heard: list[Sent]
    before: Before | None
    is_busy: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_busy or "SAVEPOINT" in sql or sql.startswith(SCOPES):
            return execute(sql, params, many, context)
        if self.before is not None:
            self.is_busy = True
            try:
                for statement, values in apart(sql, params):
                    self.before(self.alias, statement, values)
            finally:
                self.is_busy = False
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.heard.append(Sent(self.alias, sql, params, (time.perf_counter() - began) * 1000))
