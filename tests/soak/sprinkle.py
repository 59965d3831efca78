"""One fault after the other, half a minute apart, as long as the soak lasts."""

import itertools
import threading
from collections.abc import Callable

from tests.faults.judge import Allowed
from tests.faults.scenarios import Trial, drain, flush, kill_api, postgres_restarted, redis_killed, tokens_end
from tests.faults.system import System

APART = 30.0
# None of the faults is a reason for a run to fail.
ALLOWED = Allowed(crashes=True)


def worker_killed(trial: Trial) -> None:
    trial.system.kill("worker")
    trial.system.wait_until_again("worker")


def ticker_killed(trial: Trial) -> None:
    trial.system.kill("ticker")
    trial.system.wait_until_again("ticker")


def answers_lost(trial: Trial) -> None:
    for operation in ("Create", "Perform", "Delete"):
        trial.system.sandbox.fault(operation, "reset", count=5, moment="after")


def trouble(trial: Trial) -> None:
    trial.system.sandbox.fault("*", "html", count=30, status=503, probability=0.3)


def throttled(trial: Trial) -> None:
    trial.system.sandbox.fault("IsRunning", "rate_limited", count=10)


FAULTS: tuple[Callable[[Trial], None], ...] = (
    trouble, worker_killed, throttled, tokens_end, ticker_killed, answers_lost, kill_api, flush, drain, redis_killed,
    postgres_restarted,
)  # fmt: skip


def sprinkle(system: System, over: threading.Event) -> None:
    trial = Trial(system, full=False)
    for fault in itertools.cycle(FAULTS):
        if over.wait(APART):
            return
        print(f"         {fault.__name__.replace('_', ' ')}", flush=True)
        fault(trial)
