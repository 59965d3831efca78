"""`make run` from a fresh clone with nothing installed, once more, and its end; and what the processes weigh idle."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stack.child import ROOT
from tests.bench.figures import Figure
from tests.bench.processes import family, memory_of
from tests.bench.scale import Scale
from tests.servers import without_servers

ROUNDS = 3
IDLE_SECONDS = 30
PATIENCE = 600
WEIGHED = ("worker", "ticker", "api", "beat", "flower")


def measure(scale: Scale) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="qspro-bench-") as folder:
        Path(folder).chmod(0o711)
        clone = ROOT if scale.smoke else fresh_clone(Path(folder) / "qspro")
        var = Path(folder) / "var" if scale.smoke else clone / "var"
        if not scale.smoke:
            # Whatever downloads were kept is not there either.
            nothing = {name: str(Path(folder) / name) for name in ("XDG_CACHE_HOME", "PIP_CACHE_DIR", "UV_CACHE_DIR")}
            with started(clone, var, nothing) as (seconds, _):
                yield Figure("fresh clone to ready, empty caches", "s", (seconds,), goal="120")
        starts, stops = [], []
        for _ in range(scale.of(ROUNDS, 1)):
            with started(clone, var, {}) as (seconds, process):
                starts.append(seconds)
                weights = weigh(var, scale.of(IDLE_SECONDS, 1))
                began = time.monotonic()
                process.terminate()
                process.wait(timeout=PATIENCE)
                stops.append(time.monotonic() - began)
        yield Figure("next start to ready", "s", tuple(starts), goal="12")
        yield Figure("stop", "s", tuple(stops), goal="10")
    for name, weight in weights.items():
        yield Figure(f"{name}'s memory, idle", "MB", (weight,))
    yield Figure("memory of all but servers and sandbox, idle", "MB", (sum(weights.values()),), goal="under 600")


def fresh_clone(where: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(where)], check=True)
    return where


@contextmanager
def started(clone: Path, var: Path, environ: Mapping[str, str]) -> "Iterator[tuple[float, subprocess.Popen[bytes]]]":
    """`make run`, ready; with the seconds that it took."""
    file, told = var / "stack.json", var.parent / "run.log"
    began = time.monotonic()
    command = [sys.executable, "-m", "stack", "run", "--var", str(var)] if clone == ROOT else ["make", "run"]
    with told.open("ab") as log:
        process = subprocess.Popen(command, cwd=clone, env={**without_servers(), **environ}, stdout=log, stderr=log)
    try:
        while not file.exists():
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"It did not start: {told.read_text('utf-8')[-2000:]}")
            time.sleep(0.02)
        yield time.monotonic() - began, process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=PATIENCE)


def weigh(var: Path, seconds: float) -> dict[str, float]:
    """MB by service, once it has been idle for so long; of what processes share each has its part (PSS)."""
    time.sleep(seconds)
    pids: dict[str, int] = json.loads((var / "stack.json").read_text("utf-8"))["pids"]
    return {name: sum(map(memory_of, family(pids[name]))) for name in WEIGHED}
