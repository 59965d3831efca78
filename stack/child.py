"""One service's process: started, watched, started again when it dies, stopped."""

import ctypes
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from stack.account import as_user
from stack.errors import GaveUp
from stack.journal import Journal
from stack.service import Service

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
# Loaded here: between fork and exec as little as possible should happen.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class State(Enum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    RESTING = "resting before the next start"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How a service that dies is treated. Times in seconds."""

    deaths: int = 5
    """The death in a row that ends the stack."""
    first_rest: float = 0.25
    """Before the second start; doubled from death to death."""
    longest_rest: float = 10
    well: float = 30
    """Ready for so long, earlier deaths are forgotten."""


class Child:
    """A little state machine; `step` looks once and never waits."""

    def __init__(self, service: Service, journal: Journal, patience: Patience) -> None:
        self.service = service
        self.state = State.WAITING
        self.process: subprocess.Popen[bytes] | None = None
        self._journal = journal
        self._patience = patience
        self._deaths = 0
        self._started = self._until = self._ready_since = 0.0

    @property
    def pid(self) -> int | None:
        """The id of the process while there is one."""
        return self.process.pid if self.process else None

    def step(self, *, may_start: bool) -> None:
        """Go on as far as is possible now. Raises GaveUp when it died too often."""
        rested = self.state is State.RESTING and time.monotonic() >= self._until
        if rested or (self.state is State.WAITING and may_start):
            self._start()
        elif self.state is State.STARTING:
            self._look_whether_ready()
        elif self.state is State.READY and self.process and self.process.poll() is not None:
            self._died()
        elif self.state is State.STOPPING:
            self._look_whether_stopped()

    def stop(self) -> None:
        """Ask the main process to end; its own children are its own business."""
        if self.process is None or self.process.poll() is not None:
            self._ended()
        else:
            self.state = State.STOPPING
            self._until = time.monotonic() + self.service.grace
            self.process.send_signal(self.service.stop_signal)

    def hurry(self) -> None:
        """Do not wait for the grace to pass."""
        self._until = 0.0

    def _start(self) -> None:
        self.service.prepare()
        supervisor, orphan_signal = os.getpid(), int(self.service.orphan_signal)

        def die_with_the_supervisor() -> None:
            # After the change of user, which would take it back.
            if LIBC is not None:
                LIBC.prctl(PR_SET_PDEATHSIG, orphan_signal)
                if os.getppid() != supervisor:
                    os._exit(1)

        self.process = subprocess.Popen(
            self.service.argv,
            env=self.service.env,
            cwd=ROOT if self.service.user is None else "/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C at the terminal is for the supervisor, which stops all in order.
            start_new_session=True,
            preexec_fn=die_with_the_supervisor,
            **as_user(self.service.user),
        )
        self._journal.follow(self.service.name, self.process)
        self.state = State.STARTING
        self._started = time.monotonic()
        self._until = self._started + self.service.patience

    def _look_whether_ready(self) -> None:
        assert self.process is not None
        code = self.process.poll()
        if code == 0 and self.service.once:
            self._ended()
            self._is_ready("done")
        elif code is not None:
            self._died()
        elif not self.service.once and self.service.ready(self.process.pid):
            self._is_ready("ready")
        elif time.monotonic() > self._until:
            self._journal.say(self.service.name, f"not ready after {self.service.patience:g} s")
            self.process.kill()
            self.process.wait()
            self._died()

    def _is_ready(self, word: str) -> None:
        self.state = State.READY
        self._ready_since = time.monotonic()
        self._journal.say(self.service.name, f"{word} after {self._ready_since - self._started:.1f} s")

    def _died(self) -> None:
        assert self.process is not None
        code = self.process.wait()
        was_well = self.state is State.READY and time.monotonic() - self._ready_since >= self._patience.well
        self._deaths = 1 if was_well else self._deaths + 1
        self._ended()
        if self.service.once or self._deaths >= self._patience.deaths:
            raise GaveUp(self.service.name, code)
        rest = min(self._patience.first_rest * 2 ** (self._deaths - 1), self._patience.longest_rest)
        self._journal.say(self.service.name, f"ended with {code}; starts again in {rest:g} s")
        self.state = State.RESTING
        self._until = time.monotonic() + rest

    def _look_whether_stopped(self) -> None:
        assert self.process is not None
        if self.process.poll() is None and time.monotonic() > self._until:
            self._journal.say(self.service.name, "does not stop: killed")
            self.process.kill()
            self.process.wait()
        if self.process.poll() is not None:
            self._ended()

    def _ended(self) -> None:
        if self.process is not None:
            self._journal.finish(self.process)
        self.process = None
        self.state = State.STOPPED
