"""docs/backup.md: its own commands dump all tenants and bring them back, walls included."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shell_query.models import Run
from stack.binaries import postgres_bin
from stack.roles import LOGINS
from tenants.context import tenant_scope
from tenants.encryption import unseal
from tests.cast import Cast
from tests.rows import ROWS, make_run

ROOT = Path(__file__).resolve().parents[2]
DUMP, RESTORE, AFTERWARDS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/backup.md").read_text(), re.DOTALL)
RESTORED = "restored"
# Everything that keeps tenants apart, as text. Of a CHECK only the name: PostgreSQL words it anew when it reads it.
WALLS = """
SELECT 'table', relname::text, pg_get_userbyid(relowner)::text,
       relacl::text, relrowsecurity::text, relforcerowsecurity::text
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
UNION ALL
SELECT 'function', proname::text, pg_get_userbyid(proowner),
       proacl::text, prosecdef::text, proconfig::text
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'policy', tablename::text || '.' || policyname, roles::text, cmd, qual, with_check FROM pg_policies
UNION ALL
SELECT 'schema', nspname::text, pg_get_userbyid(nspowner), nspacl::text, '', ''
  FROM pg_namespace WHERE nspname = 'public'
UNION ALL
SELECT 'new tables', defaclobjtype::text, pg_get_userbyid(defaclrole), defaclacl::text, '', '' FROM pg_default_acl
UNION ALL
SELECT 'constraint', conrelid::regclass::text || '.' || conname,
       CASE contype WHEN 'c' THEN '' ELSE pg_get_constraintdef(oid) END, '', '', ''
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"


def at(variable: str, database: str) -> str:
    """The URL of the variable, with another database."""
    return os.environ[variable].rpartition("/")[0] + f"/{database}"


def run(script: str, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    path = f"{postgres_bin()}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = script.replace("qspro.dump", str(folder / "qspro.dump"))
    command = ["sh", "-eu", "-c", script]
    environment = {**os.environ, "PATH": path, **changes}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql.encode()).fetchall()


def counted(database: str) -> dict[str, int]:
    """Rows by table, as the backup role sees them."""
    url = at("DATABASE_BACKUP_URL", database)
    return {table: ask(url, f'SELECT count(*) FROM "{table}"')[0][0] for (table,) in ask(url, TABLES)}


@pytest.fixture
def empty(database: None) -> Iterator[str]:
    """An empty database, as stack/roles.py makes one."""
    owner = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {RESTORED}".encode())
        try:
            with psycopg.connect(at("DATABASE_OWNER_URL", RESTORED), autocommit=True) as inside:
                inside.execute((ROOT / "stack/database.sql").read_bytes())
            yield RESTORED
        finally:
            # Without force: PostgreSQL ends an autovacuum there by itself, which the owner may not.
            connection.execute(f"DROP DATABASE {RESTORED}".encode())


@pytest.fixture
def original(cast: Cast) -> str:
    """A row of every kind for two tenants."""
    for person in (cast.alice, cast.mallory):
        for make in ROWS.values():
            make(person.caller)
    return os.environ["DATABASE_OWNER_URL"].rpartition("/")[2]


def test_what_was_dumped_comes_back_with_every_row_and_every_wall(
    original: str, empty: str, cast: Cast, tmp_path: Path
) -> None:
    run_id = make_run(cast.alice.caller)
    restored = {variable: at(variable, empty) for variable in LOGINS}
    dumped = run(DUMP, tmp_path)
    assert dumped.returncode == 0, dumped.stderr
    done = run(RESTORE, tmp_path, **restored)
    assert done.returncode == 0, done.stderr

    rows = counted(empty)
    assert rows == counted(original)
    assert (rows["tenants_tenant"], rows["shell_query_run"]) == (2, 3)
    owner = "DATABASE_OWNER_URL"
    assert ask(at(owner, empty), WALLS) == ask(at(owner, original), WALLS)
    assert ask(restored["DATABASE_URL"], "SELECT id FROM shell_query_run") == []
    sealed_sql = f"SELECT sealed_sql FROM shell_query_run WHERE id = '{run_id}'"
    ((sealed,),) = ask(restored["DATABASE_BACKUP_URL"], sealed_sql)
    with tenant_scope(cast.alice.caller.tenant_id):
        there = Run.objects.get(id=run_id)
    assert unseal(sealed) == unseal(bytes(there.sealed_sql or b"")) == "SELECT 1 AS One"

    after = run(AFTERWARDS, tmp_path, MCE_SANDBOX_URL="", **restored)
    assert after.returncode == 0, after.stderr
    assert "No migrations to apply" in after.stdout


def test_a_dump_by_another_role_fails_or_holds_no_row_of_a_tenant(original: str, tmp_path: Path) -> None:
    owner = {"DATABASE_BACKUP_URL": os.environ["DATABASE_OWNER_URL"]}
    refused = run(DUMP.replace("--enable-row-security", ""), tmp_path, **owner)
    assert (refused.returncode, "row-level security" in refused.stderr) == (1, True)
    assert run(DUMP, tmp_path, **owner).returncode == 0
    told = run("pg_restore --data-only --table=tenants_tenant --file=- qspro.dump", tmp_path)
    (copied,) = re.findall(r"^COPY .*?;\n(.*?)\\\.$", told.stdout, re.MULTILINE | re.DOTALL)
    assert copied == ""
