"""The virtual environment that FuelSDK runs in: made once for what its requirements say, below var/."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"
VAR = HERE.parents[2] / "var"
UV = Path(sys.executable).with_name("uv")


def python() -> Path:
    """Its interpreter. Skips the test if the package registry cannot be reached; all else that goes wrong fails it."""
    place = VAR / f"fuelsdk-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]}"
    # Written last, so that what was interrupted is made again.
    made = place / "made"
    if not made.exists():
        shutil.rmtree(place, ignore_errors=True)
        _run("venv", "--python", sys.executable, str(place))
        _run("pip", "install", "--python", str(place), "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS))
        made.touch()
    return place / "bin" / "python"


def _run(*arguments: str) -> None:
    done = subprocess.run([UV, "--quiet", *arguments], capture_output=True, text=True, check=False)
    if done.returncode and "Failed to fetch" in done.stderr:
        pytest.skip(f"the package registry cannot be reached: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr
