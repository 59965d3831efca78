"""SQL is read by several threads at once, from the first query on."""

import subprocess
import sys

LOADED = "import sys, mce_sandbox.app; print(*sorted(name for name in sys.modules if name in sys.argv))"


def test_the_dialects_are_there_before_the_first_query() -> None:
    """sqlglot shows other threads a dialect that is only half loaded; TOP 3 is a syntax error to it."""
    wanted = ["sqlglot.dialects.duckdb", "sqlglot.dialects.tsql"]
    command = [sys.executable, "-c", LOADED, *wanted]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == wanted
