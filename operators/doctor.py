"""Looks at a deployment from within, part by part: what is well, what is not, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.core.checks import CheckMessage
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from leases import pulses
from leases.registry import kinds
from mce_bridge.errors import MceError
from mce_bridge.models import Connection, State
from mce_bridge.services import test_connection
from operators import gauges
from qspro.checks import check_database, check_redis
from tenants.administration import OPERATOR
from tenants.encryption import CannotUnseal

# How far this machine's clock may be from the database's: signatures of tokens and cookies are made by it.
APART = timedelta(seconds=5)
# Rows wait a second for the tick; so long they only wait where something is wrong.
LATE_SECONDS = 60.0


@dataclass(frozen=True)
class Finding:
    """`trouble` is empty where all is well."""

    part: str
    trouble: str = ""
    advice: str = ""


Part = tuple[str, Callable[[], Iterator[Finding]]]


def examine(*, with_mce: bool) -> Iterator[Finding]:
    """Part after part; one that cannot be asked is a finding, too."""
    for part, look in [*PARTS, *([MCE] if with_mce else [])]:
        try:
            yield from list(look()) or [Finding(part)]
        except (DatabaseError, RedisError, BrokerAway, OSError) as error:
            yield Finding(part, f"It cannot be asked: {type(error).__name__}.", ASK[part])


def told(part: str, found: list[CheckMessage]) -> Iterator[Finding]:
    for message in found:
        yield Finding(part, message.msg, message.hint or "")


def database() -> Iterator[Finding]:
    """Its role, and row-level security."""
    return told("database", check_database(None))


def migrations() -> Iterator[Finding]:
    """Every role may read which are applied; the owner's password is not everywhere."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        first = plan[0][0]
        yield Finding(
            "migrations",
            f"{len(plan)} are not applied, from {first.app_label}.{first.name} on.",
            "Run `manage.py migrate --database owner`.",
        )


def clock() -> Iterator[Finding]:
    with connections["default"].cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    apart = theirs - (before + (timezone.now() - before) / 2)
    if abs(apart) > APART:
        seconds = apart.total_seconds()
        yield Finding("clock", f"The database's clock is {seconds:+.0f} s from ours.", "Set both by NTP.")


def redis() -> Iterator[Finding]:
    return told("redis", list(check_redis(None)))


def broker() -> Iterator[Finding]:
    with current_app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=5)
    return iter(())


def beat() -> Iterator[Finding]:
    if not pulses.latest([pulses.BEAT]):
        yield Finding("beat", "It shows no life.", "Start `celery -A celery_app beat`; runs wait until then.")


def workers() -> Iterator[Finding]:
    queues = sorted({"tick", *(kind.queue for kind in kinds())})
    seen = pulses.latest(pulses.of_queue(queue) for queue in queues)
    if missing := [queue for queue in queues if pulses.of_queue(queue) not in seen]:
        yield Finding(
            "workers",
            f"Nobody takes messages from: {', '.join(missing)}.",
            f"Start `celery -A celery_app worker -P threads -Q {','.join(missing)}`.",
        )


def backlog() -> Iterator[Finding]:
    for queue, overdue, oldest, _ in gauges.backlog():
        if oldest > LATE_SECONDS:
            yield Finding(
                "backlog",
                f"{overdue} rows of {queue} are due, the oldest for {oldest:.0f} s.",
                "See /admin/work/: workers are too few, the queue is paused, or business units are.",
            )


def connections_to_mce() -> Iterator[Finding]:
    """Each that client credentials make; a user's own is looked at when that user comes."""
    rows = Connection.objects.using(OPERATOR).filter(user=None).select_related("business_unit")
    for row in rows.only("id", "tenant_id", "state", "business_unit__name", "business_unit__mid", "business_unit_id"):
        if row.state == State.BROKEN:
            yield Finding("Marketing Cloud", f"{row.business_unit}: the connection is broken.", RECONNECT)
            continue
        try:
            test_connection(tenant_id=row.tenant_id, connection_id=row.id)
        except MceError as error:
            yield Finding("Marketing Cloud", f"{row.business_unit}: {error.detail} ({error.code}).", RECONNECT)
        except CannotUnseal:
            yield Finding("Marketing Cloud", f"{row.business_unit}: no key opens its secret.", KEYS)


RECONNECT = "See the code in docs/api-errors.md; new credentials go in by `manage.py connect_business_unit --replace`."
KEYS = (
    "Put the key that sealed it back into ENCRYPTION_KEYS, behind the first. If it is lost, new credentials go in by "
    "`manage.py connect_business_unit --replace`."
)
PARTS: list[Part] = [
    ("database", database),
    ("migrations", migrations),
    ("clock", clock),
    ("redis", redis),
    ("broker", broker),
    ("beat", beat),
    ("workers", workers),
    ("backlog", backlog),
]
MCE: Part = ("Marketing Cloud", connections_to_mce)
ASK = {
    "database": "See DATABASE_URL.",
    "migrations": "See DATABASE_URL.",
    "clock": "See DATABASE_URL.",
    "redis": "See REDIS_URL.",
    "broker": "See CELERY_BROKER_URL.",
    "beat": "See REDIS_URL.",
    "workers": "See REDIS_URL.",
    "backlog": "See DATABASE_URL.",
    "Marketing Cloud": "See DATABASE_OPERATOR_URL.",
}
