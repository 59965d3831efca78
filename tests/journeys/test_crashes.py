"""A worker is killed in the middle; the run ends well all the same."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import System, started
from tests.servers import without_servers

pytestmark = pytest.mark.journey


def test_a_worker_killed_while_a_query_runs_does_not_harm_the_run(system: System, alice: Client) -> None:
    system.sandbox.hold()
    run = alice.submit("SELECT TOP 3 Email FROM Customers")
    with alice.stream(run) as frames:
        assert any(frame.step == "executing" for frame in frames)
        os.kill(system.pid("worker"), signal.SIGKILL)
        system.sandbox.release()
        assert [frame.step for frame in frames] == ["confirming", "ready"]
    assert len(alice.rows(run)) == 3
    assert len(system.sandbox.calls("Perform")) == 1


def test_a_worker_killed_in_the_middle_of_a_step_is_followed_by_another(system: System, alice: Client) -> None:
    system.sandbox.fault("Create", "hang", object_type="QueryDefinition", seconds=60)
    run = alice.submit("SELECT TOP 3 Email FROM Customers")
    with alice.stream(run) as frames:
        assert any(frame.step == "preparing" for frame in frames)
        wait_until_it_hangs(system)
        os.kill(system.pid("worker"), signal.SIGKILL)
        assert [frame.step for frame in frames][-1] == "ready"
    assert len(alice.rows(run)) == 3


def test_beside_what_a_killed_worker_was_doing_the_rest_goes_on_at_once(tmp_path: Path) -> None:
    """Its leases would end long after this test; the two steps are all that their business unit may do at a time."""
    patient = {"LEASE_SECONDS": "900", "MCE_CALLS_PER_UNIT": "2"}
    with started(tmp_path, {**without_servers(), **patient}) as system, system.client("owner") as alice:
        system.sandbox.fault("Create", "hang", object_type="QueryDefinition", seconds=900, count=2)
        hanging = [alice.submit("SELECT TOP 3 Email FROM Customers") for _ in range(2)]
        wait_until_it_hangs(system)
        os.kill(system.pid("worker"), signal.SIGKILL)
        assert alice.follow(alice.submit("SELECT TOP 3 Email FROM Customers"))[-1].step == "ready"
        assert [alice.get(run)["status"] for run in hanging] == ["running", "running"]


def wait_until_it_hangs(system: System) -> None:
    """The fault that was ordered is being carried out: it is no longer among those to come."""
    for _ in range(600):
        if not system.sandbox.faults():
            return
        time.sleep(0.05)
    raise AssertionError("the call never came")
