"""`python -m tests.faults [WORDS]`: the matrix of faults, or the scenarios whose names hold one of the words."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults.evidence import seed_targets
from tests.faults.load import RUNS_A_USER, User
from tests.faults.scenarios import SCENARIOS, Scenario, Trial
from tests.faults.system import System
from tests.faults.trial import Report, hold
from tests.servers import without_servers

# Some end at once, by bad SQL or by the fault: at least 200 are in flight when all are there.
RUNS = 230
# Leases, deadlines and limits are the real ones; only what a run waits for without a fault is shorter.
SETTINGS = {"RUN_LOOK_SECONDS": "1,2,4", "RUN_CONFIRM_SECONDS": "5"}
HEAD = "in flight   runs  ready failed canceled  twice  left  lost doubled  seconds"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORDS", help="parts of scenarios' names; none is all")
    parser.add_argument("--runs", type=int, default=RUNS, help="in flight when the fault comes (default: %(default)s)")
    parser.add_argument("--full", action="store_true", help="outages as long as their names say")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "faults.log")
    arguments = parser.parse_args(argv)
    chosen = [each for each in SCENARIOS if is_wanted(each, arguments.words)]
    print(f"{len(chosen)} scenarios; the processes' log is {arguments.log}\n\n{'':40}{HEAD}", flush=True)
    # Asked to end, it stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    broken = False
    with running(arguments.log, users=users_for(arguments.runs)) as (system, users):
        for scenario in chosen:
            report = hold(scenario, Trial(system, arguments.full), users, arguments.runs)
            show(report)
            broken = broken or bool(report.verdict.broken)
    return 1 if broken else 0


def is_wanted(scenario: Scenario, words: list[str]) -> bool:
    return not words or any(word.casefold() in scenario.name.casefold() for word in words)


def users_for(runs: int) -> int:
    """Each has ten runs; those with bad SQL have users of their own, since they end early."""
    return -(-runs // RUNS_A_USER) + max(1, runs // 100)


@contextmanager
def running(log: Path, *, users: int, settings: Mapping[str, str] = SETTINGS) -> Iterator[tuple[System, list[User]]]:
    """The system with its people, from nothing; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="qspro-faults-") as folder, log.open("w") as out:
        Path(folder).chmod(0o711)
        var = Path(folder) / "var"
        with System(var, {**without_servers(), **settings}, out) as system:
            output = var / "load.json"
            system.manage("load_users", str(users), "--sandbox", system.sandbox.url, "--output", str(output))
            made = [User(each["apiKey"], each["mid"]) for each in json.loads(output.read_text())["users"]]
            seed_targets(system, made)
            yield system, made


def show(report: Report) -> None:
    verdict = report.verdict
    states = verdict.by_status
    print(
        f"{report.scenario.name:40}{report.in_flight:9}{verdict.runs:7}{states['ready']:7}{states['failed']:7}"
        f"{states['canceled']:9}{verdict.started_twice:7}{verdict.assets_left:6}{verdict.events_lost:6}"
        f"{verdict.events_doubled:8}{report.seconds:9.0f}",
        flush=True,
    )
    for rule in verdict.broken:
        print(f"    {rule}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
