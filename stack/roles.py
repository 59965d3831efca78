"""Makes the roles, their passwords and the empty database: `python -m stack.roles`, run before the migrations.

Reads ADMIN_DATABASE_URL, a role that may create roles and databases; DATABASE_URL, DATABASE_OWNER_URL,
DATABASE_OPERATOR_URL and DATABASE_BACKUP_URL, which name the roles and their passwords; and
OWNER_CREATES_DATABASES, which lets the owner make the databases of tests. May be run again.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

HERE = Path(__file__).parent
DATABASE = "qspro"
# The variable with its URL, and the role in it.
LOGINS = {
    "DATABASE_URL": "qspro_runtime",
    "DATABASE_OWNER_URL": "qspro_owner",
    "DATABASE_OPERATOR_URL": "qspro_operator",
    "DATABASE_BACKUP_URL": "qspro_backup",
}


def with_login(url: str, *, user: str, password: str, database: str) -> str:
    """The same server with another user and database; passwords of ours need no quoting."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{server}", path=f"/{database}"))


def main(environ: Mapping[str, str]) -> None:
    admin = environ["ADMIN_DATABASE_URL"]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute((HERE / "roles.sql").read_bytes())
        for variable, role in LOGINS.items():
            password = unquote(urlsplit(environ[variable]).password or "")
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))
        if environ.get("OWNER_CREATES_DATABASES"):
            connection.execute("ALTER ROLE qspro_owner CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER qspro_owner").format(sql.Identifier(DATABASE)))
        is_superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    databases = [DATABASE]
    if environ.get("OWNER_CREATES_DATABASES") and is_superuser == (True,):
        # What the owner makes is a copy of it, and needs the schema to be the owner's too.
        databases.append("template1")
    for database in databases:
        with psycopg.connect(admin, dbname=database, autocommit=True) as connection:
            connection.execute((HERE / "database.sql").read_bytes())


if __name__ == "__main__":
    main(os.environ)
