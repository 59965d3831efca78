"""A PostgreSQL alone, of a benchmark's own: migrated, and nothing else runs."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stack import backing
from stack.child import ROOT
from stack.environment import environment
from stack.journal import Journal
from stack.keys import kept_keys
from stack.ports import FOR_TESTS, Ports
from stack.roles import DATABASE, with_login
from stack.signals import Signals
from stack.supervisor import Supervisor
from tests.servers import without_servers

ADMIN = "BENCH_ADMIN_URL"
"""Names the superuser's URL, who fills the tables. What is measured does not use it."""


@contextmanager
def database(home: Path) -> Iterator[Mapping[str, str]]:
    """The environment for a process that asks it. What is in `home` from an earlier time is there again."""
    keys, log = kept_keys(home / "keys.json"), io.StringIO()
    with Signals() as signals, Ports({}, preferred=FOR_TESTS) as ports:
        servers = backing.make(home, keys=keys, ports=ports, environ=without_servers(), for_tests=False)
        supervisor = Supervisor(servers.services, journal=Journal(log), signals=signals)
        try:
            if not supervisor.start():
                sys.exit(128 + signals.last)
            yield migrated({**os.environ, **environment(keys, ports), **servers.environment}, keys["postgres"])
        except BaseException:
            sys.stderr.write(log.getvalue())
            raise
        finally:
            supervisor.stop()


def migrated(env: Mapping[str, str], password: str) -> Mapping[str, str]:
    owner = env["DATABASE_OWNER_URL"]
    migrate = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0", "--skip-checks"]
    subprocess.run(migrate, cwd=ROOT, env=env, check=True)
    return {**env, ADMIN: with_login(owner, user="postgres", password=password, database=DATABASE)}
