"""A worker is killed in the middle; the run ends well all the same."""

import os
import signal
import time

import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import System

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


def wait_until_it_hangs(system: System) -> None:
    """The fault that was ordered is being carried out: it is no longer among those to come."""
    for _ in range(600):
        if not system.sandbox.faults():
            return
        time.sleep(0.05)
    raise AssertionError("the call never came")
