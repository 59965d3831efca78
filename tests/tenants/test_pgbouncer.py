"""Behind PgBouncer in transaction mode nothing of a tenant outlives its transaction, and the whole system works.

PgBouncer gives the next transaction, of whomever, the server connection that is free. So few are allowed here that
tenants and processes always share them.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.db import connection
from redis import Redis

from shell_query.models import Run
from stack.ports import FOR_TESTS, Ports
from tenants.callers import Caller
from tenants.context import current_tenant, tenant_scope
from tests.cast import Cast
from tests.journeys.client import Client
from tests.journeys.conftest import System, started
from tests.rows import make_run
from tests.threads import at_once

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")

SERVER_CONNECTIONS = 2
SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""


class PgBouncer:
    """In front of the server that DATABASE_URL names, for the roles that the processes of QS Pro sign in as."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        server = urlsplit(os.environ["DATABASE_URL"])
        logins = [urlsplit(os.environ[name]) for name in ("DATABASE_URL", "DATABASE_OPERATOR_URL")]
        users = folder / "users.txt"
        users.write_text("".join(f'"{unquote(u.username or "")}" "{unquote(u.password or "")}"\n' for u in logins))
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(
                host=server.hostname, port=server.port, listen=port, users=users, connections=SERVER_CONNECTIONS
            )
        )
        # It refuses to serve as root.
        as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []
        assert PROGRAM is not None
        self.process = subprocess.Popen([PROGRAM, "-q", *as_nobody, str(settings)])
        while not self.answers():
            time.sleep(0.05)

    def url(self, name: str) -> str:
        """The URL of the variable, through PgBouncer."""
        parts = urlsplit(os.environ[name])
        login = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{login}@127.0.0.1:{self.port}").geturl()

    def answers(self) -> bool:
        assert self.process.poll() is None, "pgbouncer ended by itself"
        try:
            psycopg.connect(self.url("DATABASE_URL"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def bouncer(tmp_path: Path) -> Iterator[PgBouncer]:
    with Ports({}, preferred=FOR_TESTS) as ports:
        bouncer = PgBouncer(tmp_path, ports.take("POSTGRES_PORT"))
        yield bouncer
        bouncer.stop()


@pytest.fixture
def behind(bouncer: PgBouncer, cast: Cast) -> Iterator[Cast]:
    """The cast; from here on this process asks PgBouncer, without a pool of its own."""
    before: dict[str, Any] = dict(connection.settings_dict)
    options = {name: value for name, value in before["OPTIONS"].items() if name != "pool"}
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update({"HOST": "127.0.0.1", "PORT": bouncer.port, "OPTIONS": options})
    yield cast
    connection.close()
    connection.settings_dict.update(before)


def test_tenants_that_share_server_connections_see_their_own_rows_alone(behind: Cast) -> None:
    callers = [behind.alice.caller, behind.mallory.caller] * 4
    runs = {caller.tenant_id: make_run(caller) for caller in callers[:2]}

    def look(number: int) -> set[Any]:
        caller: Caller = callers[number]
        seen: set[Any] = set()
        for _ in range(50):
            with tenant_scope(caller.tenant_id):
                seen.update(Run.objects.values_list("id", flat=True))
            seen.update(Run.objects.values_list("id", flat=True))  # without a scope, between two: nothing
        return seen

    assert at_once(len(callers), look) == [{runs[caller.tenant_id]} for caller in callers]


def test_no_setting_is_left_on_a_server_connection(behind: Cast) -> None:
    for person in (behind.alice, behind.mallory):
        with tenant_scope(person.caller.tenant_id):
            assert current_tenant() == str(person.caller.tenant_id)
        left = at_once(SERVER_CONNECTIONS * 2, lambda _: current_tenant())
        assert left == [""] * SERVER_CONNECTIONS * 2


@pytest.fixture
def system(bouncer: PgBouncer, database: None, redis: Redis, tmp_path: Path) -> Iterator[System]:
    """API, worker, ticker, beat: all of them through PgBouncer; only migrations go straight to the server."""
    through = {name: bouncer.url(name) for name in ("DATABASE_URL", "DATABASE_OPERATOR_URL")}
    with started(tmp_path, {**os.environ, **through, "DATABASE_POOL": "0"}) as system:
        yield system


@pytest.mark.journey
def test_the_main_job_works_for_two_tenants_at_once(system: System, bouncer: PgBouncer) -> None:
    assert system.facts["databaseUrl"] == bouncer.url("DATABASE_URL")
    sql = "SELECT TOP 60 Email FROM Customers ORDER BY CustomerID"
    with system.client("owner") as alice, system.client("otherTenant") as mallory:
        people: list[tuple[Client, str]] = [(alice, "northwind"), (mallory, "globex")]
        submitted = [(client, client.submit(sql), domain) for client, domain in people * 3]
        for client, run, domain in submitted:
            assert client.follow(run)[-1].step == "ready"
            rows = client.rows(run) + client.rows(run, 2)
            assert len(rows) == 60
            assert {row[0].rpartition("@")[2] for row in rows} == {f"{domain}.example"}
        hers = submitted[0][1]
        assert mallory.http.get(hers).json()["code"] == "run_not_found"
        canceled = alice.submit("SELECT TOP 1 Email FROM Customers")
        assert alice.cancel(canceled).json()["status"] == "canceled"
        assert alice.follow(canceled)[-1].step == "canceled"
