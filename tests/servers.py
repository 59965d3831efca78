"""A pytest plugin: servers of its own for each process that runs tests beside others (`pytest -n 2`).

The first process has the servers that `python -m stack servers` gave to all; each other one asks for more, before
Django reads its settings.
"""

import json
import os
import subprocess
import sys

FIRST = {"", "gw0"}
# What `python -m stack servers` gives; a stack that finds it in its environment uses those servers.
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL", "REDIS_URL", "CELERY_BROKER_URL")
# Tells its environment, and keeps the servers until its input is closed, also if that is by a death.
KEEPER = "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"


def without_servers() -> dict[str, str]:
    """The environment for a stack that shall start servers of its own."""
    return {name: value for name, value in os.environ.items() if name not in GIVEN}


_keeper: "subprocess.Popen[str] | None" = None


def pytest_addoption() -> None:
    """The earliest hook there is; Django's settings are read in the next one."""
    global _keeper
    if os.environ.get("PYTEST_XDIST_WORKER", "") in FIRST:
        return
    command = [sys.executable, "-m", "stack", "servers", "--", sys.executable, "-c", KEEPER]
    _keeper = subprocess.Popen(command, env=without_servers(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert _keeper.stdout
    os.environ.update(json.loads(_keeper.stdout.readline()))


def pytest_unconfigure() -> None:
    if _keeper is not None:
        _keeper.communicate()
