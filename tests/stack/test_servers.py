import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from cryptography.fernet import Fernet
from redis.backoff import NoBackoff
from redis.retry import Retry

from stack import postgres
from stack.journal import Journal
from stack.ports import FOR_TESTS, Ports
from stack.signals import Signals
from stack.supervisor import Supervisor
from tests.stack.conftest import ROOT, SECONDS

URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL", "DATABASE_BACKUP_URL")
ROLES = """
    SELECT rolname, rolcanlogin, rolcreatedb, rolsuper OR rolbypassrls OR rolinherit OR rolcreaterole OR rolreplication
    FROM pg_roles WHERE rolname LIKE 'qspro%' ORDER BY rolname
"""
MEMBERS = """
    SELECT member.rolname, roles.rolname FROM pg_auth_members
    JOIN pg_roles member ON member.oid = member JOIN pg_roles roles ON roles.oid = roleid
    WHERE member.rolname LIKE 'qspro%'
"""


def servers(*command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stack", "servers", "--", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def show_env(env: dict[str, str]) -> dict[str, str]:
    """The environment a command gets."""
    done = servers(sys.executable, "-c", "import os, json; print(json.dumps(dict(os.environ)))", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    shown: dict[str, str] = json.loads(done.stdout)
    return shown


def test_the_roles_are_those_of_production() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        # Name, may log in, may create databases (for tests), may anything else.
        assert connection.execute(ROLES).fetchall() == [
            ("qspro_backup", True, False, False),
            ("qspro_definer", False, False, False),
            ("qspro_operator", True, False, False),
            ("qspro_owner", True, True, False),
            ("qspro_runtime", True, False, False),
        ]
        assert connection.execute(MEMBERS).fetchall() == [("qspro_owner", "qspro_definer")]


@pytest.mark.parametrize("url", URLS)
def test_each_role_needs_its_password(url: str) -> None:
    with psycopg.connect(os.environ[url]) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("qspro",)
    for password in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(os.environ[url], password=password)


def test_passwords_are_kept_as_scram() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)


def test_the_locale_folds_non_ascii_case() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        folded = connection.execute("SELECT upper('müß'), lower('ÉŁ'), 'Ü' ILIKE 'ü'").fetchone()
    assert folded == ("MÜß", "éł", True)


def test_only_the_owner_makes_tables() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE stack_probe ()")
        connection.rollback()
    for url in URLS:
        if url != "DATABASE_OWNER_URL":
            with psycopg.connect(os.environ[url]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE stack_probe ()")


def test_valkey_loses_nothing_and_lets_nobody_in_without_password() -> None:
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    client.close()
    address = urlsplit(os.environ["REDIS_URL"])
    stranger = redis.Redis(host=address.hostname or "", port=address.port or 0, retry=Retry(NoBackoff(), 0))
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()


def test_a_command_gets_servers_of_its_own_and_they_go_with_it(plain_env: dict[str, str], folder: Path) -> None:
    # With its own folder for temporary files: nothing may stay there but the claims of ports.
    env = show_env(plain_env | {"TMPDIR": str(folder)})

    assert Fernet(env["ENCRYPTION_KEYS"])
    assert env["SECRET_KEY"] != os.environ["SECRET_KEY"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(env["DATABASE_URL"])
    assert [path.name for path in folder.iterdir()] == [f"qspro-ports-{os.getuid()}"]


def test_the_exit_code_is_the_commands(plain_env: dict[str, str]) -> None:
    done = servers(sys.executable, "-c", "raise SystemExit(7)", env=plain_env)

    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


def test_a_signal_is_passed_on(plain_env: dict[str, str]) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "stack",
            "servers",
            "--",
            "sh",
            "-c",
            "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done",
        ],
        cwd=ROOT,
        env=plain_env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=SECONDS)

    assert process.returncode == 9


def test_missing_programs_are_told_in_one_line(plain_env: dict[str, str], folder: Path) -> None:
    done = servers("true", env=plain_env | {"PG_BIN": str(folder)})

    assert done.returncode == 1
    assert done.stderr == f"PG_BIN: {folder}/postgres is no program.\n"


@pytest.fixture
def existing(folder: Path) -> Iterator[str]:
    """A server somebody else runs: the URL of a role that is no superuser but may create roles and databases."""
    with Ports({}, preferred=FOR_TESTS) as ports, Signals() as signals:
        port = ports.take("POSTGRES_PORT")
        service = postgres.service(folder, port=port, password="secret", durable=False)
        supervisor = Supervisor([service], journal=Journal(io.StringIO()), signals=signals)
        supervisor.start()
        with psycopg.connect(f"postgresql://postgres:secret@127.0.0.1:{port}/postgres") as connection:
            connection.execute("CREATE ROLE admin LOGIN CREATEROLE CREATEDB PASSWORD 'managed'")
        yield f"postgresql://admin:managed@127.0.0.1:{port}/postgres"
        supervisor.stop()


def test_an_existing_server_gets_our_roles_and_database(existing: str, plain_env: dict[str, str]) -> None:
    given = plain_env | {"DATABASE_URL": existing, "REDIS_URL": os.environ["REDIS_URL"]}
    probe = (
        "import os, psycopg, sys\n"
        "with psycopg.connect(os.environ['DATABASE_OWNER_URL']) as c: c.execute('CREATE TABLE probe ()')\n"
        "with psycopg.connect(os.environ['DATABASE_URL']) as c: print(*c.execute('SELECT current_user').fetchone())\n"
        "c.close(); print(os.environ['REDIS_URL'])\n"
    )
    done = servers(sys.executable, "-c", probe, env=given)
    assert done.stderr == ""
    assert done.stdout.split() == ["qspro_runtime", os.environ["REDIS_URL"]]

    # A second time there is nothing to make but passwords.
    again = show_env(given)
    with psycopg.connect(again["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT to_regclass('probe')").fetchone() == ("probe",)

    # And all URLs given are left as they are.
    taken = {url: again[url] for url in URLS} | {"REDIS_URL": os.environ["REDIS_URL"]}
    as_they_are = show_env(plain_env | taken)
    assert {name: as_they_are[name] for name in taken} == taken
