"""Tests that have the warehouse in their own process run in one of their own: beside hypothesis, DuckDB's binding
writes pages about leaks when the process ends."""

import subprocess
import sys
from pathlib import Path

import pytest

APART = sorted(each for each in Path(__file__).with_name("apart").glob("*.py") if each.stem != "__init__")


@pytest.mark.parametrize("path", APART, ids=lambda path: path.stem)
def test_apart(path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
