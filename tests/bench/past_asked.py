"""`python -m tests.bench.past_asked`, with the address of a database: fills it, asks, prints figures."""

import argparse
import json
import os
import sys
import time

import django
import psycopg
from django.db import connections, transaction

from tests.bench.database import ADMIN
from tests.bench.figures import Figure, Yardstick
from tests.bench.scale import Scale

django.setup()

from tests.bench.filled import ensure_filled  # noqa: E402  (models need what setup makes)
from tests.past.filling import Past  # noqa: E402
from tests.past.listening import Sent, listening  # noqa: E402
from tests.past.people import Scene, scene, set_alarms  # noqa: E402
from tests.past.questions import QUESTIONS, Question  # noqa: E402

ALL = Past(runs=10_000_000, tenants=2000, flying=3000)
FEW = Past(runs=5000, tenants=40, flying=100)
# Each round is another's: (person, tenant).
ASKERS = ((0, 1), (17, 1), (3, 2), (1, 20), (5, 30))
ROUNDS = 20
GOAL_MS = 10


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.past_asked", description=__doc__)
    parser.add_argument("--smoke", action="store_true")
    scale = Scale(parser.parse_args(argv).smoke)
    ensure_filled(scale.of(ALL, FEW))
    scenes = [scene(person=person, tenant=tenant) for person, tenant in ASKERS]
    for question in sorted(QUESTIONS, key=lambda each: each.all_due):
        print(json.dumps(figure(question, scenes, scale.of(ROUNDS, 2)).as_json()), flush=True)


def figure(question: Question, scenes: list[Scene], rounds: int) -> Figure:
    """The slowest statement of each round, beside one that asks nothing."""
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        set_alarms(admin.execute, due=question.all_due)
    slowest = [slowest_of(question, scenes[number % len(scenes)]) for number in range(rounds)]
    found = Figure(
        question.name,
        "ms",
        tuple(sent.ms for sent in slowest),
        Yardstick("SELECT 1", tuple(nothing() for _ in range(rounds))),
        f"under {GOAL_MS}",
    )
    if found.median > GOAL_MS:
        explain(question, max(slowest, key=lambda sent: sent.ms))
    return found


def slowest_of(question: Question, asker: Scene) -> Sent:
    with listening() as heard:
        question.ask(asker)
    return max(heard, key=lambda sent: sent.ms)


def nothing() -> float:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("SELECT 1")
        return (time.perf_counter() - began) * 1000


def explain(question: Question, sent: Sent) -> None:
    """Its plan, as the superuser: close to the one that it had."""
    with psycopg.connect(os.environ[ADMIN], cursor_factory=psycopg.ClientCursor) as admin:
        plan = admin.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sent.sql}", sent.params).fetchall()
        admin.rollback()
    print(f"\n{question.name}: {sent.ms:.1f} ms\n{sent.sql}", *(line for (line,) in plan), sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
