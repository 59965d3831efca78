"""`python -m stack run`: everything, until a signal. `python -m stack stop`: that signal, from elsewhere."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from stack import backing, leftovers
from stack.environment import environment
from stack.errors import GaveUp, StackError
from stack.journal import Journal
from stack.keys import kept_keys
from stack.lock import holder, locked
from stack.ports import Ports
from stack.report import Report, stack_file
from stack.service import Service
from stack.services import services
from stack.signals import Signals
from stack.supervisor import BEAT, Supervisor

# Longer than all graces one after the other.
STOP_SECONDS = 120


def run(var: Path) -> int:
    """Start the stack whose data are in `var`, keep it up, and stop it at a signal. Returns the exit code."""
    began = time.monotonic()
    var.mkdir(parents=True, exist_ok=True)
    with locked(var), Signals() as signals, Ports(os.environ) as ports:
        # 1. What an earlier stack left behind here when it was killed.
        processes = var / "running.json"
        leftovers.end_noted(processes)
        stack_file(var).unlink(missing_ok=True)
        # 2. Start, tell, watch.
        env, table = everything(var, ports, os.environ)
        journal = Journal(sys.stdout)
        supervisor = Supervisor(table, journal=journal, signals=signals)
        supervisor.listeners.append(lambda pids: leftovers.note(processes, pids))
        try:
            if supervisor.start():
                report = Report(var=var, env=env, seconds=round(time.monotonic() - began, 1))
                report.write(supervisor.pids)
                journal.print(report.banner())
                supervisor.listeners.append(report.write)
                supervisor.watch()
        except GaveUp as exc:
            journal.print(str(exc))
            return exc.exit_code
        finally:
            journal.print("Stopping.")
            supervisor.stop()
            for file in (stack_file(var), processes):
                file.unlink(missing_ok=True)
    return 0


def stop(var: Path) -> int:
    """Stop the stack that runs in `var` and wait until it is gone."""
    pid = holder(var)
    if pid is None:
        print(f"No stack runs in {var}.")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while holder(var) == pid:
        if time.monotonic() > deadline:
            raise StackError(f"The stack in {var} (process {pid}) does not stop.")
        time.sleep(BEAT)
    return 0


def everything(var: Path, ports: Ports, environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[Service, ...]]:
    """The environment of all processes, and their table."""
    keys_file = var / "keys.json"
    if not keys_file.exists() and any(var.glob("postgres-*")):
        raise StackError(f"{keys_file} is gone, without which the data beside it cannot be read: remove {var}.")
    # Secrets somebody gives in the environment come first.
    keys = {name: environ.get(name) or key for name, key in kept_keys(keys_file).items()}
    servers = backing.make(var, keys=keys, ports=ports, environ=environ, for_tests=False)
    metrics = var / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    env = {
        **environ,
        **environment(keys, ports),
        **servers.environment,
        "ADMIN_USER": environ.get("ADMIN_USER") or "admin",
        "ADMIN_PASSWORD": keys["ADMIN_PASSWORD"],
        "DJANGO_SETTINGS_MODULE": environ.get("DJANGO_SETTINGS_MODULE") or "qspro.settings",
        # One folder for the numbers of all processes, so that the API tells them together.
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "PYTHONUNBUFFERED": "1",
    }
    needs = tuple(service.name for service in servers.services)
    return env, (*servers.services, *services(env=env, var=var, needs=needs))
