"""Whatever the product asks of many past runs is found by an index, and little else is read on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections, transaction

from tenants.encryption import seal
from tests.past.filling import TABLES, Past, fill
from tests.past.listening import listening
from tests.past.people import Scene, scene, set_alarms
from tests.past.questions import QUESTIONS, Question

PAST = Past(runs=20_000, tenants=40, flying=200, keyed_hours=91 * 24)
# Of rows that are read and not wanted. An index that only leads near them reads many times more.
IN_VAIN = 200
SORTED = 2500
# Within a function, whose plan is not told: five rows for each run in flight, and as many again.
FETCHED = 2000
READ = f"SELECT sum(seq_scan), sum(idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname IN {TABLES}"
FILLED = """
    SELECT oid::regclass::text FROM pg_class
     WHERE relkind = 'r' AND relforcerowsecurity AND relnamespace = 'public'::regnamespace
"""
OWNER_FILLS = "CREATE POLICY filling ON {} TO CURRENT_USER USING (true) WITH CHECK (true)"


@pytest.fixture(scope="module")
def past(django_db_setup: str, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock():
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute(FILLED)
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(OWNER_FILLS.format(table))
            fill(cursor.execute, PAST, hash_key=seal("a key for hashes"))
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
            yield scene(person=0, tenant=1)
            cursor.execute(";".join(f"DROP POLICY filling ON {table}" for table in tables))
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute(django_db_setup)
        for connection in connections.all(initialized_only=True):
            connection.close()


@dataclass
class Plans:
    """Explains each statement before it is sent, and keeps what is wrong with its plan."""

    bad: list[str] = field(default_factory=list)

    def __call__(self, alias: str, sql: str, params: Any) -> None:
        with transaction.atomic(alias), connections[alias].cursor() as cursor:
            scans, fetched = reads(cursor)
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0][0]["Plan"]
            found = [trouble for node in nodes(plan) for trouble in troubles(node)]
            if plan["Node Type"] == "Function Scan":
                scans, fetched = reads(cursor)[0] - scans, reads(cursor)[1] - fetched
                found += [f"{scans} Seq Scans within a function"] if scans else []
                found += [f"{fetched} rows read within a function"] if fetched > FETCHED else []
            self.bad += [f"{trouble}: {sql}" for trouble in found]
            transaction.set_rollback(True, alias)


def reads(cursor: Any) -> tuple[int, int]:
    """In this transaction, of the tables with many rows: scans of a whole one, and rows that an index led to."""
    cursor.execute(READ)
    scans, fetched = cursor.fetchone()
    return int(scans), int(fetched)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def troubles(node: dict[str, Any]) -> Iterator[str]:
    kind, table, loops = node["Node Type"], node.get("Relation Name", ""), node["Actual Loops"]
    if kind == "Seq Scan" and table in TABLES:
        yield f"Seq Scan on {table}"
    in_vain = loops * (node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0))
    if in_vain > IN_VAIN and table in TABLES:
        yield f"{kind} on {table} reads {in_vain:.0f} rows in vain"
    if kind == "Sort" and node["Plans"][0]["Actual Rows"] > SORTED:
        yield f"Sort of {node['Plans'][0]['Actual Rows']:.0f} rows"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_it_is_found_by_an_index(question: Question, past: Scene) -> None:
    with connections["owner"].cursor() as cursor:
        set_alarms(cursor.execute, due=question.all_due)
    plans = Plans()
    with listening(plans) as heard:
        question.ask(past)
    assert heard != []
    assert plans.bad == []
