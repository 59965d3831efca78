"""`python -m stack servers -- CMD`: a command with a PostgreSQL and a Valkey of its own, gone when it ends."""

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack import backing
from stack.environment import environment
from stack.errors import StackError, shell_code
from stack.files import reachable
from stack.journal import Journal
from stack.keys import new_keys
from stack.ports import FOR_TESTS, Ports
from stack.signals import Signals
from stack.supervisor import BEAT, Supervisor


def with_servers(command: Sequence[str]) -> int:
    """Run `command` with fresh servers in its environment, and return its exit code."""
    home = _temporary_folder()
    try:
        with Signals() as signals, Ports({}, preferred=FOR_TESTS) as ports:
            return _with_servers(command, home, signals, ports)
    finally:
        shutil.rmtree(home)


def _with_servers(command: Sequence[str], home: Path, signals: Signals, ports: Ports) -> int:
    keys, log = new_keys(), io.StringIO()
    servers = backing.make(home, keys=keys, ports=ports, environ=os.environ, for_tests=True)
    supervisor = Supervisor(servers.services, journal=Journal(log), signals=signals)
    try:
        if not _start(supervisor, log):
            return 128 + signals.last
        return _run(command, {**os.environ, **environment(keys, ports), **servers.environment}, signals)
    finally:
        supervisor.stop()


def _start(supervisor: Supervisor, log: io.StringIO) -> bool:
    try:
        return supervisor.start()
    except StackError:
        # Quiet, except about why there are no servers.
        sys.stderr.write(log.getvalue())
        raise


def _run(command: Sequence[str], env: Mapping[str, str], signals: Signals) -> int:
    try:
        process = subprocess.Popen(command, env=env)
    except OSError as exc:
        raise StackError(f"{command[0]}: {exc.strerror}") from exc
    passed_on = 0
    while process.poll() is None:
        if signals.count > passed_on:
            passed_on = signals.count
            # Ctrl-C at a terminal has already reached the command: it is in our process group.
            if not (signals.last is signal.SIGINT and sys.stdin.isatty()):
                process.send_signal(signals.last)
        time.sleep(BEAT)
    return shell_code(process.returncode)


def _temporary_folder() -> Path:
    """A new folder that the user PostgreSQL runs as can reach."""
    parent = tempfile.gettempdir()
    if not reachable(Path(parent)):
        parent = "/var/tmp"  # noqa: S108
    home = Path(tempfile.mkdtemp(prefix="qspro-", dir=parent))
    home.chmod(0o711)
    return home
