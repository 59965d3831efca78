"""What is served is what is written in console/web: built again, it is the same."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "console/web"
BUILT = ROOT / "console/static/console"

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None or not (WEB / "node_modules/installed.json").exists(),
    reason="npm, or what `make web` gets with it, is not here",
)


def npm(*arguments: str) -> None:
    done = subprocess.run(["npm", "run", "--silent", *arguments], cwd=WEB, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_of_the_console_hold() -> None:
    npm("types")


@pytest.mark.parametrize("name", ["console.js", "console.css"])
def test_the_committed_bundle_is_what_is_written(name: str, tmp_path: Path) -> None:
    npm("bundle", "--", f"--outdir={tmp_path}")
    assert (tmp_path / name).read_bytes() == (BUILT / name).read_bytes()
