"""The check that a container's health check calls."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qspro import alive
from tests.sandbox import Sandbox


def check(*arguments: str, **environ: str) -> tuple[int, str]:
    """As a container would."""
    command = [sys.executable, "-m", "qspro.alive", *arguments]
    done = subprocess.run(command, env={"PATH": os.defpath, **environ}, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def test_a_process_that_touched_its_file_just_now_lives(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    file.touch()
    assert check(READY_FILE=str(file)) == (0, "")


def test_one_that_stands_still_does_not(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    file.touch()
    os.utime(file, (0, time.time() - alive.FRESH_SECONDS - 5))
    code, said = check(READY_FILE=str(file))
    assert (code, said.partition(" was last")[0]) == (1, str(file))


def test_one_that_never_was_ready_does_not(tmp_path: Path) -> None:
    assert check(READY_FILE=str(tmp_path / "none")) == (1, f"{tmp_path / 'none'}: No such file or directory\n")
    assert check() == (1, "READY_FILE is not set.\n")


def test_an_address_that_answers_200_lives(mce: Sandbox) -> None:
    assert check(f"{mce.url}/healthz") == (0, "")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/healthz", "ftp://127.0.0.1/", "healthz"])
def test_an_address_that_does_not_answer_is_dead(url: str) -> None:
    assert alive.main([url], {}) == 1


def test_an_address_that_answers_otherwise_is_dead(mce: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert alive.main([f"{mce.url}/nowhere"], {}) == 1
    assert capsys.readouterr().err == f"{mce.url}/nowhere answers 404.\n"
