"""Settings: each variable is in .env.example, and junk is refused by name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(
    r'\b(?:env|env_secret|env_bool|env_number|env_int|env_list|env_rate|env_choice|database)\("([A-Z_]+)"'
)
WRITTEN = re.compile(r"^(?:# )?([A-Z_]+)=", re.MULTILINE)


def test_every_variable_is_in_the_example_and_every_one_of_the_example_is_read() -> None:
    read = set(READ.findall((ROOT / "qspro/settings.py").read_text()))
    written = set(WRITTEN.findall((ROOT / ".env.example").read_text()))
    assert read == written


def load(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **changes}
    return subprocess.run(
        [sys.executable, "-c", "import qspro.settings as s; print(s.LEASE_SECONDS, s.SECRET_KEY)"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LEASE_SECONDS", "soon", "LEASE_SECONDS is a number."),
        ("LEASE_SECONDS", "0", "LEASE_SECONDS is at least 1."),
        ("LEASE_SECONDS", "nan", "LEASE_SECONDS is at least 1."),
        ("WORKER_SLOTS", "2.5", "WORKER_SLOTS is a whole number."),
        ("RATE_TOKENS", "often", "RATE_TOKENS is NUMBER/minute (or second, hour, day), or empty."),
        ("DEBUG", "perhaps", "DEBUG is true or false."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is one of: text, json."),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE."),
        ("SECRET_KEY_FILE", "/nowhere", "SECRET_KEY_FILE names a file that cannot be read."),
    ],
)
def test_junk_is_refused_with_the_name_of_the_variable(name: str, value: str, sentence: str) -> None:
    loaded = load(**{name: value})
    assert loaded.returncode == 1
    assert loaded.stderr.strip().endswith(sentence)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    loaded = load(SECRET_KEY_FILE=str(tmp_path / "key"), LEASE_SECONDS="7")
    assert loaded.stdout.split() == ["7.0", "from-a-file"]
