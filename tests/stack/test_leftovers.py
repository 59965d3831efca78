import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack import leftovers

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs that are gone after the test."""
    processes: list[subprocess.Popen[bytes]] = []

    def started(*command: str, executable: str | None = None) -> "subprocess.Popen[bytes]":
        processes.append(subprocess.Popen(command, executable=executable, stdout=subprocess.PIPE))
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def test_who_outlived_the_supervisor_is_ended(start: Start, tmp_path: Path) -> None:
    noted, worker = tmp_path / "processes.json", start("sleep", "600")
    leftovers.note(noted, {"worker": worker.pid})
    leftovers.end_noted(noted)
    assert worker.wait() == -signal.SIGTERM
    assert not noted.exists()


def test_a_stranger_with_the_process_id_of_a_worker_is_let_be_whatever_it_is(start: Start, tmp_path: Path) -> None:
    """The worker of another stack of this checkout has the same command line."""
    noted, ours = tmp_path / "processes.json", start("sleep", "600")
    leftovers.note(noted, {"worker": ours.pid})
    theirs = start("sleep", "600")
    while leftovers.began(theirs.pid) == leftovers.began(ours.pid):
        theirs = start("sleep", "600")
    noted.write_text(noted.read_text().replace(str(ours.pid), str(theirs.pid)))
    leftovers.end_noted(noted)
    assert theirs.poll() is None


def test_postgres_is_ended_fast_also_where_its_path_has_blanks(start: Start, tmp_path: Path) -> None:
    script = "trap 'exit 3' INT; trap 'exit 4' TERM; echo up; while :; do sleep 0.02; done"
    postgres = start(str(tmp_path / "our programs" / "postgres"), "-c", script, executable="/bin/sh")
    assert postgres.stdout
    assert postgres.stdout.readline() == b"up\n"
    noted = tmp_path / "processes.json"
    leftovers.note(noted, {"postgres": postgres.pid})
    leftovers.end_noted(noted)
    assert postgres.wait() == 3
