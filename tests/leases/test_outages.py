"""What hurts the broker must not keep those who ring: a request that submits a run, and the tick."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from stack.ports import FOR_TESTS, Ports
from tests.valkey import Valkey

# A ringer that has not told by then hangs, and is killed.
PATIENCE_SECONDS = 30


@contextmanager
def ringer(url: str) -> Iterator[Callable[[str], str]]:
    """Has a process of its own ring; gives what it told, "" if it hung."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.leases.ringer"],
        env={**os.environ, "REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "qspro.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    ask, answers = process.stdin, process.stdout

    def do(what: str) -> str:
        ask.write(f"{what}\n")
        ask.flush()
        watchdog = Timer(PATIENCE_SECONDS, process.kill)
        watchdog.start()
        try:
            return answers.readline().strip()
        finally:
            watchdog.cancel()

    with process:
        yield do
        process.kill()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with Ports({}, preferred=FOR_TESTS) as ports:
        valkey = Valkey(tmp_path, ports.take("REDIS_PORT"))
        yield valkey
        valkey.kill()


@pytest.mark.parametrize("hurt", [Valkey.kill, Valkey.fall_silent])
def test_a_broker_that_is_gone_or_silent_keeps_nobody(valkey: Valkey, hurt: Callable[[Valkey], None]) -> None:
    with ringer(valkey.url) as do:
        assert do("ring") == "True True"
        hurt(valkey)
        assert do("ring") == "False False"


@pytest.mark.parametrize("hurt", [Valkey.kill, Valkey.fall_silent])
def test_nor_does_one_that_was_so_from_the_start(valkey: Valkey, hurt: Callable[[Valkey], None]) -> None:
    hurt(valkey)
    with ringer(valkey.url) as do:
        assert do("ring") == "False False"


@pytest.mark.parametrize("hurt", [Valkey.kill, Valkey.fall_silent])
def test_a_tick_offers_one_message_to_a_broker_that_takes_none(valkey: Valkey, hurt: Callable[[Valkey], None]) -> None:
    with ringer(valkey.url) as do:
        assert do("tick") == "3 3"
        hurt(valkey)
        assert do("tick") == "0 1"


def test_a_broker_that_came_back_is_rung_again(valkey: Valkey) -> None:
    with ringer(valkey.url) as do:
        assert do("ring") == "True True"
        valkey.kill()
        assert do("ring") == "False False"
        valkey.start()
        assert do("ring") == "True True"
