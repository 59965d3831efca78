"""PostgreSQL and Valkey for a stack, ours or existing ones, and the environment that leads to them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import postgres, valkey
from stack.errors import StackError
from stack.ports import Ports
from stack.roles import DATABASE, LOGINS, with_login
from stack.service import Service


@dataclass(frozen=True, kw_only=True)
class Backing:
    services: tuple[Service, ...]
    environment: Mapping[str, str]
    """DATABASE_URL and its like, REDIS_URL."""


def make(home: Path, *, keys: Mapping[str, str], ports: Ports, environ: Mapping[str, str], for_tests: bool) -> Backing:
    """The servers of a stack whose data are below `home`.

    `for_tests`: nothing is kept safe from a power cut, the owner may create databases.
    """
    database, database_services = _database(home, keys, ports, environ, for_tests)
    redis_url, redis_services = _redis(home, keys, ports, environ, for_tests)
    return Backing(
        services=(*database_services, *redis_services),
        environment={**database, "REDIS_URL": redis_url},
    )


def _database(
    home: Path, keys: Mapping[str, str], ports: Ports, environ: Mapping[str, str], for_tests: bool
) -> tuple[dict[str, str], tuple[Service, ...]]:
    """The URLs of the roles, and what must run before they work."""
    admin = environ.get("DATABASE_URL", "")
    if admin and environ.get("DATABASE_OWNER_URL"):
        missing = [variable for variable in LOGINS if not environ.get(variable)]
        if missing and missing != ["DATABASE_BACKUP_URL"]:
            raise StackError(f"DATABASE_OWNER_URL is given, so all of them are: {', '.join(missing)} is missing.")
        return {variable: environ[variable] for variable in LOGINS if variable in environ}, ()
    servers: tuple[Service, ...] = ()
    if not admin:
        port = ports.take("POSTGRES_PORT")
        admin = f"postgresql://{postgres.SUPERUSER}:{keys['postgres']}@127.0.0.1:{port}/postgres"
        servers = (postgres.service(home, port=port, password=keys["postgres"], durable=not for_tests),)
    urls = {
        variable: with_login(admin, user=role, password=keys[role], database=DATABASE)
        for variable, role in LOGINS.items()
    }
    roles = Service(
        name="roles",
        argv=(sys.executable, "-m", "stack.roles"),
        env={
            **environ,
            "ADMIN_DATABASE_URL": admin,
            "OWNER_CREATES_DATABASES": "yes" if for_tests else "",
            **urls,
        },
        after=tuple(server.name for server in servers),
        once=True,
    )
    return urls, (*servers, roles)


def _redis(
    home: Path, keys: Mapping[str, str], ports: Ports, environ: Mapping[str, str], for_tests: bool
) -> tuple[str, tuple[Service, ...]]:
    if existing := environ.get("REDIS_URL"):
        return existing, ()
    port, password = ports.take("REDIS_PORT"), keys["valkey"]
    return valkey.url(port=port, password=password), (
        valkey.service(home, port=port, password=password, durable=not for_tests),
    )
