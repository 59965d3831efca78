"""A folder every user can reach, an environment without our variables, a project in which the stack runs alone."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from stack.ports import PREFERRED

ROOT = Path(__file__).resolve().parents[2]
# A test that hangs is ended by a kill.
SECONDS = 60


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder whose parents everybody may enter, unlike tmp_path's."""
    path = Path(tempfile.mkdtemp(prefix="qspro-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as path:
        yield path


@pytest.fixture(scope="session")
def plain_env() -> dict[str, str]:
    """The environment without what the servers around this test put in."""
    ours = ("DATABASE_", "REDIS_", "SECRET_KEY", "ENCRYPTION_KEYS", "ADMIN_", "FLOWER_", "PUBLIC_URL", "MCE_")
    return {name: v for name, v in os.environ.items() if name not in PREFERRED and not name.startswith(ours)}


@dataclass
class Project:
    """A checkout with the stack in it and stand-ins for the other rooms."""

    root: Path
    env: Mapping[str, str]
    python: str = sys.executable
    user: str | None = None
    _processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def process(self) -> subprocess.Popen[str]:
        """The one started first."""
        return self._processes[0]

    @property
    def command(self) -> list[str]:
        return [self.python, "-m", "stack"]

    def start(self, **env: str) -> subprocess.Popen[str]:
        """`make run`, without waiting for anything."""
        process = subprocess.Popen(
            [*self.command, "run"],
            cwd=self.root,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            user=self.user,
        )
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.daemon = True
        watchdog.start()
        self._processes.append(process)
        return process

    def run(self, **env: str) -> subprocess.Popen[str]:
        """`make run`, until it is ready."""
        file = self.var / "stack.json"
        stale = file.stat().st_ino if file.exists() else None
        process = self.start(**env)
        until(lambda: file.exists() and file.stat().st_ino != stale, process)
        return process

    def stop(self) -> subprocess.CompletedProcess[str]:
        """`make stop`."""
        return self._done("stop")

    def remove(self) -> subprocess.CompletedProcess[str]:
        return self._done("remove")

    def _done(self, action: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, action], cwd=self.root, env=self.env, capture_output=True, text=True, timeout=SECONDS
        )

    def end(self) -> None:
        for process in self._processes:
            process.terminate()
            process.communicate(timeout=SECONDS)


def until(condition: Callable[[], Any], process: subprocess.Popen[str]) -> None:
    """Wait for `condition` as long as the process runs."""
    while not condition():
        if process.poll() is not None:
            pytest.fail(f"It ended with {process.returncode}:\n{process.communicate()[0]}")
        time.sleep(0.02)


@contextmanager
def projects(folder: Path, env: Mapping[str, str]) -> Iterator[Callable[[str], Project]]:
    made: list[Project] = []

    def make(name: str) -> Project:
        root = folder / name
        shutil.copytree(ROOT / "stack", root / "stack", ignore=shutil.ignore_patterns("__pycache__"))
        for stand_in in ("manage.py", "mce_sandbox.py", "uvicorn.py", "celery.py"):
            shutil.copy(Path(__file__).with_name("stand_in.py"), root / stand_in)
        made.append(Project(root, env))
        return made[-1]

    yield make
    for project in made:
        project.end()


@pytest.fixture
def make_project(folder: Path, plain_env: dict[str, str]) -> Iterator[Callable[[str], Project]]:
    """Makes projects, each in a folder of its own, and stops what runs in them in the end."""
    with projects(folder, plain_env) as make:
        yield make


@pytest.fixture
def project(make_project: Callable[[str], Project]) -> Project:
    return make_project("checkout")


@pytest.fixture(scope="module")
def running(plain_env: dict[str, str]) -> Iterator[Project]:
    """One that runs already, for tests that leave it so. It has ports from the environment."""
    with open_folder() as folder, projects(folder, plain_env) as make:
        project = make("running")
        project.run(API_PORT="21234")
        yield project
