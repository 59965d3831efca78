"""`python -m tests.bench.policies_asked`, with the address of a database: fills it, asks, prints figures."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import django
import psycopg
import sqlglot
from sqlglot import exp

from stack.roles import DATABASE, with_login
from tests.bench.database import ADMIN
from tests.bench.figures import Figure, Yardstick
from tests.bench.scale import Scale

django.setup()

from tests.bench.filled import ensure_filled  # noqa: E402  (models need what setup makes)
from tests.past.filling import Past  # noqa: E402
from tests.past.listening import listening  # noqa: E402
from tests.past.people import Scene, scene  # noqa: E402
from tests.past.questions import QUESTIONS, Question  # noqa: E402

MANY = Past(runs=1_000_000, tenants=500, flying=1000)
FEW = Past(runs=5000, tenants=40, flying=100)
ASKERS = ((0, 1), (3, 2), (1, 20))
ROUNDS = 200
# What is asked within a scope. The rest is the operator's, or a function's across tenants.
WITHIN = {
    *("run list, first page", "run list, a page far down", "run list, failed", "run list, one snippet"),
    *("one run", "events of a run", "submission", "submission to a target", "a run to reuse"),
    *("what the query took before", "step of a run", "end of a run", "cancel", "sweep: active among 500"),
    *("sweep: the abandoned", "prune runs, one batch", "audit, first page"),
}
PASSWORD = "of-a-role-in-a-database-that-will-be-gone"
WITHOUT = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_without') THEN
        CREATE ROLE bench_without LOGIN BYPASSRLS PASSWORD '{PASSWORD}';
        GRANT CONNECT ON DATABASE {DATABASE} TO bench_without;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bench_without;
    END IF;
END $$
"""
TABLES = "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relname <> 'tenants_tenant'"
SCOPE = "SELECT set_config('app.tenant_id', %s, true)"
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Script:
    """The statements of a question, one transaction; each with its values in it."""

    tenant_id: UUID
    statements: Sequence[str]

    def told_the_tenant(self, tables: set[str]) -> "Script":
        return Script(self.tenant_id, [with_tenant(each, self.tenant_id, tables) for each in self.statements])


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.policies_asked", description=__doc__)
    parser.add_argument("--smoke", action="store_true")
    scale = Scale(parser.parse_args(argv).smoke)
    ensure_filled(scale.of(MANY, FEW))
    for each in figures(scale.of(ROUNDS, 2)):
        print(json.dumps(each.as_json()), flush=True)


def figures(rounds: int) -> Iterator[Figure]:
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute(WITHOUT)
        tables = {name for (name,) in admin.execute(TABLES)}
    scenes = [scene(person=person, tenant=tenant) for person, tenant in ASKERS]
    without_url = with_login(os.environ[ADMIN], user="bench_without", password=PASSWORD, database=DATABASE)
    totals: list[tuple[float, float]] = [(0, 0)] * rounds
    with psycopg.connect(os.environ["DATABASE_URL"]) as policies, psycopg.connect(without_url) as none:
        for question in (each for each in QUESTIONS if each.name in WITHIN):
            scripts = [script(question, each) for each in scenes]
            pairs = [(each, each.told_the_tenant(tables)) for each in scripts]
            found = [one_round(policies, none, pairs[number % len(pairs)], number) for number in range(rounds)]
            totals = [(a + c, b + d) for (a, b), (c, d) in zip(totals, found, strict=True)]
            yield compared(question.name, found)
        yield compared("all of these", totals)
        yield Figure("opening a scope", "ms", tuple(opened(policies, scenes[0]) for _ in range(rounds)))


def compared(name: str, found: Sequence[tuple[float, float]]) -> Figure:
    with_policies, without = (tuple(column) for column in zip(*found, strict=True))
    return Figure(f"{name}, with policies", "ms CPU", with_policies, Yardstick("without", without), "under 1.05x")


def script(question: Question, asker: Scene) -> Script:
    """What the question sends as the runtime role, in its tenant."""
    with listening() as heard:
        question.ask(asker)
    tenant_id = asker.flying.tenant_id if question.name in OF_THE_FLYING else asker.caller.tenant_id
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        cursor = psycopg.ClientCursor(connection)
        texts = [cursor.mogrify(sent.sql, sent.params) for sent in heard if sent.alias == "default"]
    # Written again by sqlglot as the other text is, so that both are the same but for the tenant.
    return Script(tenant_id, [sqlglot.parse_one(text, read="postgres").sql("postgres") for text in texts])


OF_THE_FLYING = {"step of a run", "end of a run", "cancel"}


def with_tenant(statement: str, tenant_id: UUID, tables: set[str]) -> str:
    """The statement with `tenant_id = ...` for each of those tables that it reads or changes."""
    tree: Any = sqlglot.parse_one(statement, read="postgres")
    for part in tree.find_all(exp.Select, exp.Update, exp.Delete):
        for table in tables_of(part):
            if table.name in tables:
                column = exp.column("tenant_id", table=table.alias_or_name, quoted=True)
                part.where(column.eq(exp.Literal.string(str(tenant_id))), copy=False)
    return str(tree.sql("postgres"))


def tables_of(part: exp.Expression) -> Iterator[exp.Table]:
    """Those of the statement itself, not of the statements within it."""
    if isinstance(part, exp.Select):
        for source in (part.args.get("from_") or part.args.get("from"), *(part.args.get("joins") or ())):
            if source is not None and isinstance(source.this, exp.Table):
                yield source.this
    elif isinstance(part.this, exp.Table):
        yield part.this


def one_round(policies: Connection, none: Connection, pair: tuple[Script, Script], number: int) -> tuple[float, float]:
    """What all statements together take, with policies and without; each goes first every other time."""
    if number % 2:
        first = replayed(policies, pair[0])
        return first, replayed(none, pair[1])
    second = replayed(none, pair[1])
    return replayed(policies, pair[0]), second


def replayed(connection: Connection, asked: Script) -> float:
    connection.execute(SCOPE, [str(asked.tenant_id)])
    before = cpu_of(connection)
    for statement in asked.statements:
        connection.execute(statement, prepare=False)  # with its rows
    took = cpu_of(connection) - before
    connection.rollback()
    return took


def cpu_of(connection: Connection) -> float:
    """Milliseconds for which the server's process of this connection has had a core.

    By the clock, what else the machine does would make more of a difference than the policies.
    """
    nanoseconds = Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0]
    return int(nanoseconds) / 1e6


def opened(connection: Connection, asker: Scene) -> float:
    connection.execute("SELECT 1")
    began = time.perf_counter()
    connection.execute(SCOPE, [str(asker.caller.tenant_id)])
    took = (time.perf_counter() - began) * 1000
    connection.rollback()
    return took


if __name__ == "__main__":
    main(sys.argv[1:])
