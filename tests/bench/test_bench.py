"""The measuring works; what it measures is not judged here. BENCHES=all tries every benchmark, which takes minutes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.__main__ import BENCHES

TRIED = list(BENCHES) if os.environ.get("BENCHES") == "all" else ["paging", "sandbox", "rls"]


@pytest.mark.parametrize("name", TRIED)
def test_it_tells_what_it_measured(name: str, tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--smoke", "--output", str(output), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text("utf-8"))[name]["figures"]
    assert [figure["name"] for figure in figures if not figure["rounds"]] == []
    assert len(figures) == sum(line.startswith("| ") for line in done.stdout.splitlines()) - 1
