"""The real system, whose processes can be killed, frozen and kept down.

The same table of services as `python -m stack run`, with a second worker and a second beat that wait to be called, and
without Flower. A thread keeps them alive as the stack's supervisor does, but never gives up.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import psycopg
from redis import Redis

from stack.child import ROOT, Child, Patience, State
from stack.journal import Journal
from stack.ports import FOR_TESTS, Ports
from stack.run import everything
from stack.service import Service
from tests.sandbox import Sandbox

SPARE = ("worker", "beat")
LOOK = 0.05
START_SECONDS = 180
STOP_SECONDS = 60


class System:
    def __init__(self, var: Path, environ: Mapping[str, str], log: TextIO) -> None:
        var.mkdir(parents=True, exist_ok=True)
        self.var = var
        self.ports = Ports(environ, preferred=FOR_TESTS)
        self.env, table = everything(var, self.ports, environ)
        wanted = [service for service in table if service.name != "flower"]
        spares = [spare(service, var) for service in wanted if service.name in SPARE]
        patience = Patience(deaths=sys.maxsize, well=0)
        self.children = {service.name: Child(service, Journal(log), patience) for service in (*wanted, *spares)}
        self.down = {service.name for service in spares}
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.trouble: Exception | None = None
        # Processes end with the thread that started them (stack/child.py), so one thread starts them all.
        self.keeper = threading.Thread(target=self.keep, name="keeper")

    def __enter__(self) -> Self:
        self.keeper.start()
        try:
            self.wait_until_ready(*(name for name in self.children if name not in self.down))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.stopping.set()
        self.keeper.join()
        self.ports.__exit__()

    # The processes.

    def keep(self) -> None:
        try:
            while not self.stopping.wait(LOOK):
                with self.lock:
                    for name, child in self.children.items():
                        if name not in self.down:
                            child.step(may_start=self.is_ready(*child.service.after))
        except Exception as error:
            self.trouble = error
        finally:
            self.stop_all()

    def stop_all(self) -> None:
        """Each before what it needs: the table is in the order of needs."""
        for child in reversed(self.children.values()):
            if child.pid is not None:
                send(child.pid, signal.SIGCONT)
            end(child)

    def is_ready(self, *names: str) -> bool:
        return all(self.children[name].state is State.READY for name in names)

    def wait_until_ready(self, *names: str) -> None:
        until = time.monotonic() + START_SECONDS
        while not self.is_ready(*names):
            if self.trouble:
                raise self.trouble
            if time.monotonic() > until:
                raise TimeoutError(f"Not ready: {', '.join(name for name in names if not self.is_ready(name))}")
            time.sleep(LOOK)

    def kill(self, *names: str, sign: signal.Signals = signal.SIGKILL) -> None:
        """The process dies, or is asked to end; another is started at once."""
        for name in names:
            pid = self.children[name].pid
            if pid is not None:
                send(pid, sign)

    @contextmanager
    def kept_down(self, name: str, *, sign: signal.Signals = signal.SIGKILL) -> Iterator[None]:
        """It dies, and is not there meanwhile."""
        with self.lock:
            self.down.add(name)
        process = self.children[name].process
        self.kill(name, sign=sign)
        if process is not None:
            process.wait(timeout=STOP_SECONDS)
        try:
            yield
        finally:
            with self.lock:
                self.down.discard(name)
            self.wait_until_again(name)

    def wait_until_again(self, name: str) -> None:
        """Ready, in a process that lives: the keeper may not have seen the death yet."""
        until = time.monotonic() + START_SECONDS
        while not (self.is_ready(name) and is_alive(self.children[name])):
            if time.monotonic() > until:
                raise TimeoutError(f"{name} does not come back")
            time.sleep(LOOK)

    @contextmanager
    def spare(self, name: str) -> Iterator[None]:
        """A second one runs meanwhile."""
        second = f"{name}2"
        with self.lock:
            self.down.discard(second)
        self.wait_until_ready(second)
        try:
            yield
        finally:
            with self.lock:
                self.down.add(second)
            end(self.children[second])
            self.children[second].state = State.WAITING

    @contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        pids = [pid for name in names if (pid := self.children[name].pid) is not None]
        for pid in pids:
            send(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                send(pid, signal.SIGCONT)

    # What it can be asked.

    @property
    def api(self) -> str:
        return self.env["PUBLIC_URL"]

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.env["MCE_SANDBOX_URL"])

    def redis(self) -> Redis:
        return Redis.from_url(self.env["REDIS_URL"])

    def manage(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command, "--skip-checks"],
            cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def database(self, role: str = "OPERATOR") -> "psycopg.Connection[tuple[object, ...]]":
        """As the role that may read every tenant's rows, or as another: "" is the one the processes use."""
        name = f"DATABASE_{role}_URL" if role else "DATABASE_URL"
        return psycopg.connect(self.env[name], autocommit=True)


def end(child: Child) -> None:
    child.stop()
    while child.state is not State.STOPPED:
        child.step(may_start=False)
        time.sleep(LOOK)


def is_alive(child: Child) -> bool:
    process = child.process
    return process is not None and process.poll() is None


def spare(service: Service, var: Path) -> Service:
    """The same once more, under another name."""
    name = f"{service.name}2"
    file = var / f"{name}.ready"
    return replace(
        service,
        name=name,
        argv=tuple(word.replace(f"{service.name}@", f"{name}@") for word in service.argv),
        env={**service.env, "READY_FILE": str(file)},
        prepare=partial(file.unlink, missing_ok=True),
        ready=lambda _pid: file.exists(),
    )


def send(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return  # it died by itself a moment ago
