"""The files that containers are given do what they say: with the real Valkey, and a real shell."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
from redis import AuthenticationError, Redis

from stack.binaries import valkey_server
from stack.keys import new_keys
from stack.ports import FOR_TESTS, Ports
from stack.readiness import pongs
from stack.secret_files import secrets_of
from tests.stack.conftest import until
from tests.tenants import test_pgbouncer

ROOT = Path(__file__).resolve().parents[2]


def test_valkey_evicts_nothing_and_lets_nobody_in_without_the_password(tmp_path: Path) -> None:
    keys = new_keys()
    (tmp_path / "valkey_auth").write_text(secrets_of(keys)["valkey_auth"])
    here = (ROOT / "docker/valkey.conf").read_text().replace("/run/secrets", str(tmp_path))
    (tmp_path / "valkey.conf").write_text(re.sub(r"^dir .*$", f"dir {tmp_path}", here, flags=re.MULTILINE))
    with Ports({}, preferred=FOR_TESTS) as ports:
        port = ports.take("REDIS_PORT")
        process = subprocess.Popen([valkey_server(), tmp_path / "valkey.conf", "--port", str(port)], text=True)
        try:
            until(lambda: pongs(port=port, password=keys["valkey"]), process)
            with Redis(port=port, password=keys["valkey"]) as client:
                assert client.info("memory")["maxmemory_policy"] == "noeviction"
                assert client.info("persistence")["aof_enabled"] == 1
            with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
                stranger.ping()
        finally:
            process.terminate()
            process.wait()


def test_pgbouncer_pools_as_it_is_tested_to() -> None:
    shipped, tested = configparser.ConfigParser(), configparser.ConfigParser()
    shipped.read(ROOT / "docker/pgbouncer.ini")
    tested.read_string(test_pgbouncer.SETTINGS)
    for name in ("pool_mode", "auth_type", "unix_socket_dir"):
        assert shipped["pgbouncer"][name] == tested["pgbouncer"][name]


def test_a_program_is_given_what_is_in_the_files(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("operator:a b$c'd\n")
    done = subprocess.run(
        ["sh", "docker/from_files.sh", "sh", "-c", 'echo "$FLOWER_BASIC_AUTH|${READY-unset}"'],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FLOWER_BASIC_AUTH_FILE": str(tmp_path / "auth"), "READY_FILE": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "operator:a b$c'd|unset\n"


def test_a_file_that_is_not_there_starts_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "docker/from_files.sh", "echo", "started"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FLOWER_BASIC_AUTH_FILE": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
