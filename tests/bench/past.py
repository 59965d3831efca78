"""What the database takes for each thing that is asked of it, with ten million past runs in it.

Every statement that the product sends is timed where it is sent; a figure is the slowest of its question, in each round
by another asker: the busiest user of all, others of a very large tenant, users of small ones. Plans of what is too slow
go to the standard error.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack.child import ROOT
from tests.bench.database import database
from tests.bench.figures import Figure, Yardstick
from tests.bench.scale import Scale

# A folder where the filled database is kept, for who measures again and again.
KEEP = "BENCH_KEEP"


def measure(scale: Scale) -> Iterator[Figure]:
    yield from asked("tests.bench.past_asked", scale)


def asked(module: str, scale: Scale) -> Iterator[Figure]:
    """What the module tells, run as a process of its own: Django takes its settings from the environment once."""
    with home(scale) as folder, database(folder) as env:
        command = [sys.executable, "-m", module, *(["--smoke"] if scale.smoke else [])]
        settings = {**env, "DJANGO_SETTINGS_MODULE": "qspro.settings"}
        with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            yield from (figure_of(json.loads(line)) for line in process.stdout)
        if process.returncode:
            raise RuntimeError(f"{module} has failed.")


@contextmanager
def home(scale: Scale) -> Iterator[Path]:
    """A folder that the user PostgreSQL runs as can reach."""
    if (kept := os.environ.get(KEEP)) and not scale.smoke:
        folder = Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="qspro-bench-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def figure_of(told: Mapping[str, Any]) -> Figure:
    beside = told["yardstick"]
    yardstick = Yardstick(beside["name"], tuple(beside["rounds"])) if beside else None
    return Figure(told["name"], told["unit"], tuple(told["rounds"]), yardstick, told["goal"])
