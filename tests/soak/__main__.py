"""`python -m tests.soak`: runs at a steady pace, faults sprinkled in; then the judge of faults, and what has grown."""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.bench.processes import memory
from tests.faults import evidence
from tests.faults.__main__ import SETTINGS, running
from tests.faults.judge import Kind, judge
from tests.faults.load import Asked, Load, User, kind_of, submit
from tests.faults.system import System
from tests.soak.sprinkle import ALLOWED, sprinkle

MINUTES, RATE = 20.0, 5.0
# So many that a user has less than ten runs at a time, also while a fault keeps them waiting for a minute.
USERS = 120
# One in so many runs is watched from the start, by a client that comes back when its stream breaks.
WATCHED = 10
SUBMITTERS = 16
CANCEL_AFTER = 3.0
PATIENCE = 600.0
# What a service may weigh more at the end than after a quarter of the time: its share, and MB.
GROWTH, SLACK = 0.10, 15.0
WEIGHED = ("api", "worker", "ticker", "beat")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="default: %(default)s")
    parser.add_argument("--rate", type=float, default=RATE, help="runs a second (default: %(default)s)")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "soak.log")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running(arguments.log, users=USERS, settings=SETTINGS) as (system, users):
        return Soak(system, users, minutes=arguments.minutes, rate=arguments.rate).hold()


class Soak:
    def __init__(self, system: System, users: Sequence[User], *, minutes: float, rate: float) -> None:
        self.system = system
        self.seconds, self.rate = minutes * 60, rate
        # The judge's kinds, without bad SQL: it ends at once and says nothing about staying power.
        self.asked = [
            Asked(users[number % len(users)], kind_of(number // len(users)))
            for number in range(int(self.seconds * rate))
        ]
        self.load = Load(system.api, users, 0)
        self.load.asked = self.asked
        self.weights: list[dict[str, float]] = []
        self.over = threading.Event()

    def hold(self) -> int:
        before = evidence.assets(self.system)
        faults = threading.Thread(target=self.kept, args=(sprinkle, self.system, self.over))
        scales = threading.Thread(target=self.kept, args=(self.weigh,))
        faults.start()
        scales.start()
        try:
            self.submit_all()
        finally:
            self.over.set()
            faults.join()
            scales.join()
        self.wait_until_over()
        self.load.wait_for_clients(60)
        self.system.sandbox.forget_faults()
        facts = evidence.of_runs(self.system, self.asked)
        verdict = judge(
            facts,
            evidence.of_mce(self.system, facts, self.asked, before),
            ALLOWED,
            submitted=len(self.asked),
            rows_made=evidence.count_made(self.system),
        )
        print(f"{verdict.runs} runs: {dict(verdict.by_status)}; {verdict.assets_left} assets left")
        broken = [*verdict.broken, *self.growth()]
        for rule in broken:
            print(f"    {rule}")
        return 1 if broken else 0

    def submit_all(self) -> None:
        began = time.monotonic()
        with httpx.Client(base_url=self.system.api, timeout=60) as http, ThreadPoolExecutor(SUBMITTERS) as pool:
            doing = []
            for number, asked in enumerate(self.asked):
                time.sleep(max(0.0, began + number / self.rate - time.monotonic()))
                doing.append(pool.submit(self.submit_one, http, asked, number))
            for each in doing:
                each.result()

    def submit_one(self, http: httpx.Client, asked: Asked, number: int) -> None:
        asked.run_id = submit(http, asked)
        if number % WATCHED == 0:
            self.load.follow(asked, leaves=number % (2 * WATCHED) == 0)
        if asked.kind is Kind.CANCEL:
            threading.Timer(CANCEL_AFTER, self.kept, (self.load.cancel_one, asked)).start()

    def kept(self, work: Callable[..., None], *arguments: object) -> None:
        """What goes wrong beside the submissions ends the soak with its error, as what goes wrong for a client."""
        try:
            work(*arguments)
        except Exception as error:
            self.load.errors.append(error)

    def weigh(self) -> None:
        """Every half minute, with a line that tells how it goes."""
        began = time.monotonic()
        while not self.over.wait(30):
            # A process that was killed a moment ago is not there, and weighs nothing.
            self.weights.append(dict.fromkeys(WEIGHED, 0.0) | memory(self.system))
            told = ", ".join(f"{name} {self.weights[-1][name]:.0f} MB" for name in WEIGHED)
            submitted = sum(bool(asked.run_id) for asked in self.asked)
            print(f"{time.monotonic() - began:5.0f} s  {submitted} submitted, {told}", flush=True)

    def wait_until_over(self) -> None:
        until = time.monotonic() + PATIENCE
        while evidence.count_open(self.system, self.asked) and time.monotonic() < until:
            time.sleep(0.5)

    def growth(self) -> list[str]:
        """What weighs more at the end than after a quarter of the time. A killed process begins anew: so its least of
        the last quarter counts, against its most of the second.
        """
        quarter = len(self.weights) // 4
        if not quarter:
            return []
        early, late = self.weights[quarter : 2 * quarter], self.weights[-quarter:]
        found = []
        for name in WEIGHED:
            before, after = ([each[name] for each in several if each[name]] for several in (early, late))
            if not before or not after:
                continue
            was, is_ = max(before), min(after)
            print(f"{name}: {was:.0f} MB in the second quarter, {is_:.0f} MB in the last")
            if is_ > was * (1 + GROWTH) + SLACK:
                found.append(f"{name} has grown from {was:.0f} to {is_:.0f} MB.")
        return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
