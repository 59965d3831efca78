"""The table of faults. Each scenario: what is ordered before the runs come, what is done while they are in flight."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from signal import SIGINT, SIGQUIT, SIGTERM
from typing import Any

from tests.faults import messages
from tests.faults.judge import Allowed
from tests.faults.system import System

# Every call that a run makes, in their order.
CALLS = (
    ("Validate", "QueryDefinition"),
    ("Retrieve", "DataExtension"),
    ("Retrieve", "DataExtensionField"),
    ("Create", "DataExtension"),
    ("Create", "QueryDefinition"),
    ("Perform", "QueryDefinition"),
    ("Retrieve", "AsyncActivityStatus"),
    ("IsRunning", "QueryDefinition"),
    ("Rowset", "DataExtension"),
    ("Retrieve", "QueryDefinition"),
    ("Delete", "QueryDefinition"),
)
HANG = 600.0
# Kills, and seconds from one to the next.
ROUNDS = 3
LEASE = 31.0
# Longer than MCE_READ_TIMEOUT_SECONDS.
PAST_TIMEOUT = 20.0


@dataclass(frozen=True)
class Trial:
    """What a scenario may use while it does its worst."""

    system: System
    full: bool

    def rest(self, seconds: float, *, short: float | None = None) -> None:
        """The outage lasts so long; `short` unless the full matrix was asked for."""
        time.sleep(seconds if self.full or short is None else short)


def nothing(trial: Trial) -> None:
    """The faults ordered before are enough."""


@dataclass(frozen=True)
class Scenario:
    name: str
    during: Callable[[Trial], None] = nothing
    faults: tuple[Mapping[str, Any], ...] = ()
    allowed: Allowed = field(default_factory=Allowed)
    after: Callable[[Trial], None] = nothing
    # No query finishes before all runs are there, nor before the fault is over; that not where it is for later stages.
    held: bool = True


def fault(kind: str, operation: str = "*", object_type: str = "*", **how: Any) -> Mapping[str, Any]:
    return {"operation": operation, "object_type": object_type, "kind": kind, **how}


CRASHES = Allowed(crashes=True)


# Workers and beats.


def kill_at_each_call(moment: str) -> Callable[[Trial], None]:
    """A call of each sort hangs, and the worker dies with them; then those sorts that did not come up, and so on.

    From one death to the next all leases end: who was near one death by chance shall not be near three.
    """

    def kill(trial: Trial) -> None:
        system, sandbox = trial.system, trial.system.sandbox
        sandbox.release()
        left: tuple[tuple[str, str], ...] = CALLS
        for _ in range(ROUNDS):
            for operation, object_type in left:
                sandbox.fault(operation, "hang", object_type=object_type, moment=moment, seconds=HANG)
            still_to_come = wait_until_taken(system)
            sandbox.forget_faults()
            if len(still_to_come) < len(left):
                system.kill("worker")
                system.wait_until_again("worker")
                time.sleep(LEASE)
            left = tuple(call for call in left if call in still_to_come)

    return kill


def wait_until_taken(system: System) -> set[tuple[str, str]]:
    """Waits until a call of each sort hangs, but not until the first one gives up. Gives those that did not come."""
    for _ in range(120):
        left = system.sandbox.faults()
        if not left:
            break
        time.sleep(0.1)
    return {(each["operation"], each["object_type"]) for each in left}


def drain(trial: Trial) -> None:
    for _ in range(3):
        trial.system.kill("worker", sign=SIGTERM)
        time.sleep(3)
        trial.system.wait_until_again("worker")


def both_workers(trial: Trial) -> None:
    with trial.system.spare("worker"):
        time.sleep(3)
        trial.system.kill("worker", "worker2")
        trial.system.wait_until_again("worker")
        trial.system.wait_until_again("worker2")


def frozen_worker(trial: Trial) -> None:
    """Its leases end, another takes its steps over, and then it goes on with what it had in hand."""
    with trial.system.spare("worker"):
        trial.system.sandbox.release()
        for _ in range(2):
            with trial.system.frozen("worker"):
                time.sleep(LEASE + 5)
            time.sleep(2)


def beat_dead(trial: Trial) -> None:
    with trial.system.kept_down("beat"):
        trial.system.sandbox.release()
        trial.rest(60)


def two_beats(trial: Trial) -> None:
    with trial.system.spare("beat"):
        trial.system.sandbox.release()
        trial.rest(20)


def kill_api(trial: Trial) -> None:
    for _ in range(2):
        trial.system.kill("api")
        trial.system.wait_until_again("api")
        time.sleep(2)


# Redis and PostgreSQL.


def redis_killed(trial: Trial) -> None:
    trial.system.kill("valkey")
    trial.system.wait_until_again("valkey")


def redis_down(trial: Trial) -> None:
    with trial.system.kept_down("valkey"):
        trial.system.sandbox.release()
        trial.rest(60)


def flush(trial: Trial) -> None:
    for _ in range(3):
        trial.system.redis().flushall()
        time.sleep(1)


def redis_read_only(trial: Trial) -> None:
    """As the first one is in a failover, until clients are led to the other."""
    trial.system.sandbox.release()
    with trial.system.redis() as redis:
        redis.replicaof("127.0.0.1", "1")
        trial.rest(20)
        redis.replicaof("NO", "ONE")


def redis_full(trial: Trial) -> None:
    trial.system.sandbox.release()
    with trial.system.redis() as redis:
        redis.config_set("maxmemory", "1mb")
        trial.rest(60)
        redis.config_set("maxmemory", "0")


def postgres_restarted(trial: Trial) -> None:
    trial.system.kill("postgres", sign=SIGINT)
    trial.system.wait_until_again("postgres")


def postgres_down(trial: Trial) -> None:
    with trial.system.kept_down("postgres", sign=SIGQUIT):
        trial.system.sandbox.release()
        trial.rest(30)


def cut_transactions(trial: Trial) -> None:
    """Whatever is inside a transaction is cut, a few times a second."""
    cut = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"""
    trial.system.sandbox.release()
    with trial.system.database("") as database:
        for _ in range(60):
            database.execute(cut)
            time.sleep(0.2)


# Marketing Cloud.


def account_down(trial: Trial) -> None:
    trial.system.sandbox.fault("*", "html", count=1_000_000, status=503)
    trial.system.sandbox.release()
    trial.rest(300, short=45)
    trial.system.sandbox.forget_faults()


def tokens_end(trial: Trial) -> None:
    trial.system.sandbox.release()
    for _ in range(10):
        trial.system.sandbox.ask("POST", "tokens/expire")
        time.sleep(1)


def mce(name: str, *faults: Iterable[Mapping[str, Any]], errors: tuple[str, ...] = ()) -> Scenario:
    ordered = tuple(each for some in faults for each in some)
    return Scenario(name, faults=ordered, held=False, allowed=Allowed(errors=frozenset(errors)))


def some(kind: str, count: int, **how: Any) -> Iterator[Mapping[str, Any]]:
    """A third of all calls, until so many were hit."""
    yield fault(kind, count=count, probability=0.3, **how)


def of_each(operations: str, kind: str, count: int, **how: Any) -> Iterator[Mapping[str, Any]]:
    """The first calls of each of these operations."""
    for operation in operations.split():
        yield fault(kind, operation, count=count, **how)


UNREADABLE = "mce_unreadable_answer"
BEFORE, AFTER = {"moment": "before"}, {"moment": "after"}
HANGING = "Create Perform IsRunning Delete"

SCENARIOS = (
    Scenario("no fault at all"),
    Scenario("SIGKILL before each MCE call", kill_at_each_call("before"), allowed=CRASHES),
    Scenario("SIGKILL after each MCE call", kill_at_each_call("after"), allowed=CRASHES),
    Scenario("SIGTERM, three times", drain),
    Scenario("SIGKILL of both workers", both_workers, allowed=CRASHES),
    Scenario("a worker frozen past its leases", frozen_worker, allowed=CRASHES),
    Scenario("beat dead for 60 s", beat_dead),
    Scenario("two beats", two_beats),
    Scenario("SIGKILL of the API, streams open", kill_api),
    Scenario("Redis: SIGKILL and back", redis_killed),
    Scenario("Redis down for 60 s", redis_down),
    Scenario("Redis: FLUSHALL", flush),
    Scenario("Redis takes no writes for 20 s", redis_read_only),
    Scenario("Redis full for 60 s", redis_full),
    Scenario("PostgreSQL restarted", postgres_restarted, allowed=CRASHES),
    Scenario("PostgreSQL down for 30 s", postgres_down, allowed=CRASHES),
    Scenario("PostgreSQL: transactions cut", cut_transactions, allowed=CRASHES),
    mce("MCE: HTTP 500, 502, 503", *(some("html", 80, status=status) for status in (500, 502, 503))),
    mce("MCE: 500 after the effect", some("html", 200, status=500, **AFTER)),
    mce("MCE: 429 with Retry-After", of_each("Validate IsRunning Rowset", "rate_limited", 40)),
    mce("MCE: 50200, blocked", of_each("Validate IsRunning", "blocked", 10), errors=("mce_blocked",)),
    mce("MCE: SOAP Rate Limited", of_each("Create Perform Delete", "rate_limited", 9)),
    Scenario("MCE: Token Expired in the middle", tokens_end),
    # Of calls alone: said by the token endpoint it would mean that the connection is broken, and rightly end all runs.
    mce("MCE: Login Failed", of_each("Validate Retrieve Create Perform IsRunning Rowset Delete", "login_failed", 12)),
    mce("MCE: 401 on REST", of_each("Validate IsRunning Rowset", "token_expired", 30)),
    mce("MCE: 403 on REST", of_each("Validate IsRunning Rowset", "forbidden", 10), errors=("mce_access_denied",)),
    mce(
        "MCE: hangs past the read timeout",
        of_each(HANGING, "hang", 5, seconds=PAST_TIMEOUT, **BEFORE),
        of_each(HANGING, "hang", 5, seconds=PAST_TIMEOUT, **AFTER),
    ),
    mce("MCE: reset, the answer lost", of_each("Create Perform Delete", "reset", 40, **AFTER)),
    mce("MCE: cut off in the answer", of_each("Create Perform IsRunning Rowset", "cut", 20, **AFTER)),
    mce(
        "MCE: broken XML and JSON",
        of_each("Create Perform Delete Rowset", "malformed", 10, **AFTER),
        errors=(UNREADABLE,),
    ),
    mce("MCE: an answer of 50 MB", of_each("Retrieve Perform Rowset", "huge", 3, **AFTER), errors=(UNREADABLE,)),
    Scenario("MCE: the account down for 5 minutes", account_down),
    Scenario("messages delivered twice", messages.double),
    Scenario("messages after the run has ended", messages.keep, after=messages.deliver_kept),
    Scenario("messages of unknown runs and releases", messages.send_strange),
)
