"""A worker is killed in the middle; the run ends well all the same."""

import os
import signal

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
        wait_for_call(system, "Create", "QueryDefinition")
        os.kill(system.pid("worker"), signal.SIGKILL)
        assert [frame.step for frame in frames][-1] == "ready"
    assert len(alice.rows(run)) == 3


def wait_for_call(system: System, operation: str, object_type: str) -> None:
    for _ in range(600):
        if system.sandbox.calls(operation, object_type):
            return
    raise AssertionError("the call never came")
