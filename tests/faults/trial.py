"""One scenario from its first run to the verdict."""

import time
from dataclasses import dataclass

from tests.faults import evidence
from tests.faults.judge import Verdict, judge
from tests.faults.load import Load, User
from tests.faults.scenarios import Scenario, Trial

# From the end of the fault until everything must have ended and be cleaned up.
PATIENCE = 420.0
# What streams may lag behind the rows.
STREAMS_LAG = 60.0


@dataclass(frozen=True)
class Report:
    scenario: Scenario
    verdict: Verdict
    in_flight: int
    seconds: float


def hold(scenario: Scenario, trial: Trial, users: list[User], runs: int) -> Report:
    """Does it all, with so many runs in flight when the fault comes."""
    began = time.monotonic()
    system, sandbox = trial.system, trial.system.sandbox
    # 1. A Marketing Cloud in order, and what stands in it.
    sandbox.start_over({})
    before, made_before = evidence.assets(system), evidence.count_made(system)
    for each in scenario.faults:
        sandbox.ask("POST", "faults", each)
    # 2. The runs, and the fault in their middle.
    load = Load(system.api, users, runs)
    sandbox.hold()
    load.submit()
    in_flight = evidence.count_active(system, load.asked)
    if not scenario.held:
        sandbox.release()
    scenario.during(trial)
    load.cancel()
    sandbox.release()
    # 3. The end of all of them.
    wait_until_over(trial, load)
    scenario.after(trial)
    load.wait_for_clients(STREAMS_LAG)
    # 4. The facts.
    sandbox.forget_faults()
    facts = evidence.of_runs(system, load.asked)
    verdict = judge(
        facts,
        evidence.of_mce(system, facts, load.asked, before),
        scenario.allowed,
        submitted=len(load.asked),
        rows_made=evidence.count_made(system) - made_before,
    )
    return Report(scenario, verdict, in_flight, time.monotonic() - began)


def wait_until_over(trial: Trial, load: Load) -> None:
    until = time.monotonic() + PATIENCE
    while evidence.count_open(trial.system, load.asked) and time.monotonic() < until:
        time.sleep(0.5)
