"""The measuring command works; what it measures is not judged here."""

import re
import subprocess
import sys


def test_it_tells_what_it_measured() -> None:
    command = [sys.executable, "-m", "tests.bench.sandbox", "--seconds", "0.2", "--queries", "100"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = [re.sub(r"[\d.]+", "N", line).split() for line in done.stdout.splitlines()]
    assert [" ".join(words[:4]) for words in told] == [
        "N calls a second,", "N calls a second,", "N queries running, N", "N calls a second,", "N calls a second,",
        "N queries done N",
    ]  # fmt: skip
    assert "100 queries running" in done.stdout
