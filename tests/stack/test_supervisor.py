import io
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack.child import Patience
from stack.errors import GaveUp, StackError
from stack.journal import Journal
from stack.service import Service
from stack.signals import Signals
from stack.supervisor import Supervisor

PROGRAM = str(Path(__file__).with_name("program.py"))
IMPATIENT = Patience(deaths=3, first_rest=0.01)


class Stage:
    """Services made of small programs, the diary they write, and a supervisor for them."""

    def __init__(self, folder: Path) -> None:
        self.diary = folder / "diary"
        self.diary.touch()
        self.out = io.StringIO()

    @property
    def lines(self) -> list[str]:
        return self.diary.read_text().splitlines()

    def service(
        self,
        name: str,
        *options: str,
        after: tuple[str, ...] = (),
        once: bool = False,
        grace: float = 10,
        ready: Callable[[int], bool] | None = None,
    ) -> Service:
        return Service(
            name=name,
            argv=(sys.executable, PROGRAM, name, str(self.diary), *options),
            env={},
            after=after,
            once=once,
            grace=grace,
            ready=ready or (lambda _pid: f"{name} up" in self.lines),
        )

    def supervisor(self, *services: Service) -> Supervisor:
        return Supervisor(services, journal=Journal(self.out), signals=self.signals, patience=IMPATIENT)

    signals: Signals


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    with Signals() as stage.signals:
        yield stage


def ask_to_stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_starts_when_what_is_needed_is_ready_and_stops_in_reverse(stage: Stage) -> None:
    supervisor = stage.supervisor(
        stage.service("worker", after=("migrate",)),
        stage.service("migrate", "--exit", "0", after=("database",), once=True),
        stage.service("database"),
    )

    assert supervisor.start() is True
    assert set(supervisor.pids) == {"database", "worker"}
    supervisor.stop()

    assert stage.lines == [
        "database up",
        "migrate up",
        "worker up",
        "worker asked to stop",
        "database asked to stop",
    ]
    assert supervisor.pids == {}


def test_waits_for_readiness_and_not_for_the_process_alone(stage: Stage) -> None:
    looks: list[list[str]] = []

    def is_ready(_pid: int) -> bool:
        looks.append(stage.lines)
        return len(looks) >= 3 and "database up" in stage.lines

    supervisor = stage.supervisor(
        stage.service("worker", after=("database",)), stage.service("database", ready=is_ready)
    )
    supervisor.start()
    supervisor.stop()

    assert not any("worker up" in look for look in looks)
    assert stage.lines[:2] == ["database up", "worker up"]


def test_a_service_that_dies_is_started_again(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.service("worker"))
    supervisor.start()
    first = supervisor.pids["worker"]
    os.kill(first, signal.SIGKILL)
    # The listener hears of the death, of the new process and, in the end, of the stop.
    supervisor.listeners.append(lambda pids: ask_to_stop() if pids.get("worker", first) != first else None)
    supervisor.watch()

    assert supervisor.pids["worker"] != first
    supervisor.stop()
    assert "worker   | -- ended with -9; starts again in 0.01 s" in stage.out.getvalue()


@pytest.mark.parametrize(("code", "told"), [(3, 3), (0, 1)])
def test_a_service_that_keeps_dying_ends_the_stack_with_its_code(stage: Stage, code: int, told: int) -> None:
    supervisor = stage.supervisor(stage.service("worker", "--exit", str(code), ready=lambda _pid: False))

    with pytest.raises(GaveUp) as caught:
        supervisor.start()

    assert caught.value.exit_code == told
    assert stage.lines == ["worker up"] * IMPATIENT.deaths


def test_a_step_that_fails_is_not_tried_again(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.service("migrate", "--exit", "4", once=True), stage.service("database"))

    with pytest.raises(GaveUp) as caught:
        supervisor.start()
    supervisor.stop()

    assert caught.value.exit_code == 4
    assert stage.lines.count("migrate up") == 1


def test_a_service_that_does_not_stop_is_killed_after_its_grace(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.service("worker", "--deaf", grace=0.1), stage.service("beat"))
    supervisor.start()
    supervisor.stop()

    assert sorted(stage.lines)[:2] == ["beat asked to stop", "beat up"]
    assert "worker asked to stop" in stage.lines
    assert "worker   | -- does not stop: killed" in stage.out.getvalue()


def test_a_second_signal_does_not_wait_for_the_grace(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.service("worker", "--deaf", grace=3600))
    supervisor.start()
    asked = supervisor.pids["worker"]
    threading.Timer(0.2, ask_to_stop).start()
    supervisor.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(asked, 0)


def test_a_signal_during_the_start_is_heard(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.service("worker", ready=lambda _pid: False))
    supervisor.listeners.append(lambda _pids: ask_to_stop())

    assert supervisor.start() is False
    supervisor.stop()


def test_output_is_prefixed_and_not_coloured_in_a_file(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.service("worker"))
    supervisor.start()
    supervisor.stop()

    said, ready = sorted(stage.out.getvalue().splitlines(), reverse=True)
    assert said == "worker   | hello from worker"
    assert re.fullmatch(r"worker   \| -- ready after \d+\.\d s", ready)


def test_a_need_that_is_not_there_is_refused(stage: Stage) -> None:
    with pytest.raises(StackError) as caught:
        stage.supervisor(stage.service("worker", after=("database",)))

    assert str(caught.value) == "worker waits for database, which is not there."
