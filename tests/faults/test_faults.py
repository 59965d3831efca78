"""A short slice of the matrix; `make faults` runs all of it, with 240 runs each."""

from collections.abc import Iterator

import pytest

from tests.faults.__main__ import running, users_for
from tests.faults.load import User
from tests.faults.scenarios import SCENARIOS, Trial
from tests.faults.system import System
from tests.faults.trial import hold

pytestmark = pytest.mark.journey

RUNS = 30


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, list[User]]]:
    with running(tmp_path_factory.mktemp("faults") / "faults.log", users=users_for(RUNS)) as system:
        yield system


@pytest.mark.parametrize("name", ["Redis: FLUSHALL", "MCE: reset, the answer lost"])
def test_no_rule_is_broken(started: tuple[System, list[User]], name: str) -> None:
    system, users = started
    scenario = next(each for each in SCENARIOS if each.name == name)
    report = hold(scenario, Trial(system, full=False), users, RUNS)
    assert report.verdict.broken == ()
