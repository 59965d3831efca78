"""`python -m tests.bench.bare look|run SEVERAL ROUNDS`: what one costs a process that does nothing else, as JSON.

Run beside a system whose worker and ticker are down, with its environment. Runs that are in flight are taken a look
further, new ones from their first step to their cleanup, by the engine's plain functions. What goes over the wires is
kept, and sent once more by requests and by psycopg alone: the same SOAP and REST texts, the same SQL in the same
transactions.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from uuid import UUID

import django

django.setup()

import requests  # noqa: E402
from django.db import connection, connections  # noqa: E402
from psycopg import ClientCursor, Connection  # noqa: E402
from psycopg.errors import UniqueViolation  # noqa: E402

from leases.claiming import claim_next  # noqa: E402
from mce_bridge import envelopes, transport  # noqa: E402
from qspro.database_time import NOW, in_seconds  # noqa: E402
from shell_query.engine.advance import advance  # noqa: E402
from shell_query.models import Run  # noqa: E402
from tenants.context import tenant_scope  # noqa: E402


@dataclass
class Wires:
    """What was sent, and the CPU time that sending took where it was measured."""

    calls: list[tuple[str, str, bytes | None, dict[str, str]]] = field(default_factory=list)
    statements: list[tuple[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("psycopg", "HTTP", "zeep"), 0.0))

    @contextmanager
    def counted(self, part: str) -> Iterator[None]:
        began = time.thread_time()
        try:
            yield
        finally:
            self.seconds[part] += time.thread_time() - began

    @contextmanager
    def tapped(self) -> Iterator[None]:
        urlopen = transport.pools.urlopen

        def call(method: str, url: str, **how: Any) -> Any:
            self.calls.append((method, url, how.get("body"), dict(how["headers"])))
            with self.counted("HTTP"):
                return urlopen(method, url, **how)

        def statement(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            self.statements.append((str(sql), params))
            with self.counted("psycopg"):
                return execute(sql, params, many, context)

        def counting(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
            def counted(*args: Any, **kwargs: Any) -> Any:
                with self.counted(part):
                    return function(*args, **kwargs)

            return counted

        with (
            patch.object(transport.pools, "urlopen", call),
            patch.object(envelopes, "write", counting("zeep", envelopes.write)),
            patch.object(envelopes, "read", counting("zeep", envelopes.read)),
            connection.execute_wrapper(statement),
        ):
            yield


def main(what: str, several: int, rounds: int) -> list[dict[str, float]]:
    """Of each round, by part: CPU milliseconds of one, in all (plain), and of what it sent, alone (bare)."""
    work = {"look": take_looks, "run": take_runs}[what]
    # Whatever a process learns at its first ones is not counted.
    work(several)
    return [costs(several, work) for _ in range(rounds)]


def costs(several: int, work: Callable[[int], None]) -> dict[str, float]:
    """The yardstick is taken at once: a shared machine is quicker in one minute than in the next."""
    wires = Wires()
    with wires.tapped():
        began = time.process_time()
        work(several)
        plain = time.process_time() - began
    parts = {"plain": plain, **wires.seconds, "bare": replay(wires)}
    wake(undone())
    return {
        **{name: seconds / several * 1000 for name, seconds in parts.items()},
        "calls": len(wires.calls) / several,
        "statements": len(wires.statements) / several,
    }


def take_looks(several: int) -> None:
    """One look after the other, at runs whose queries wait in Marketing Cloud."""
    taken = 0
    while taken < several:
        claim = claim_next(Run)
        if claim is None:
            wake(undone())
        else:
            advance(claim)
            taken += 1


def take_runs(several: int) -> None:
    """So many runs to their end and their cleanup; their looks are due at once."""
    chosen = undone()[:several]
    while wake(chosen):
        while claim := claim_next(Run):
            advance(claim)


def undone() -> list[UUID]:
    found: list[UUID] = []
    for tenant_id in tenants():
        with tenant_scope(tenant_id):
            found += Run.objects.filter(wake_at__isnull=False).values_list("id", flat=True)
    return found


def wake(chosen: Sequence[UUID]) -> int:
    """Those that are not done are due, also what a replay has claimed, and no other: nobody else takes runs further.
    How many are.
    """
    left = 0
    for tenant_id in tenants():
        with tenant_scope(tenant_id):
            runs = Run.objects.filter(wake_at__isnull=False)
            runs.update(wake_at=in_seconds(3600), claim_token=None, step_began_at=None, lapses=0)
            left += runs.filter(id__in=chosen).update(wake_at=NOW)
    return left


def tenants() -> list[str]:
    with connections["operator"].cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        return [str(row[0]) for row in cursor.fetchall()]


def replay(wires: Wires) -> float:
    """CPU seconds of sending all of it, by libraries alone."""
    database = Connection.connect(os.environ["DATABASE_URL"], autocommit=True, cursor_factory=ClientCursor)
    with requests.Session() as session, database:
        began = time.process_time()
        for method, url, body, headers in wires.calls:
            session.request(method, url, data=body, headers=headers)
        for sql, params in wires.statements:
            say(database, sql, params)
        return time.process_time() - began


def say(database: Connection, sql: str, params: Any) -> None:
    """One statement; a tenant's scope begins a transaction, as it does in ours. An event that is there already is
    refused, which takes as long as taking it.
    """
    # Sent together with its scope, a statement is a transaction by itself.
    alone = sql.startswith(("BEGIN", "SELECT set_config")) or "_claim_next(" in sql
    if database.info.transaction_status and alone:
        database.execute("COMMIT")
    try:
        database.execute(sql, params)
    except UniqueViolation:
        database.execute("ROLLBACK")


if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
