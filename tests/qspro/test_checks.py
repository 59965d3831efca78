"""`manage.py check --deploy`: each finding is made to happen, on a real PostgreSQL and a real Valkey."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.checks import ERROR, CheckMessage, Tags, run_checks
from django.db import connection, connections
from django.db.utils import ConnectionHandler
from pytest_django import Settings
from redis import Redis

from qspro import checks

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if "=" in line and not line.startswith("#")
)


def ids(found: Iterable[CheckMessage]) -> list[str | None]:
    return [each.id for each in found]


@contextmanager
def altered(done: str, undone: str) -> Iterator[None]:
    """Something the owner does to the database, and takes back."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(done)
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(undone)


def test_a_good_deployment_passes(database: None, redis: Redis, settings: Settings) -> None:
    settings.MCE_SANDBOX_URL = ""
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    assert [each.id for each in found if each.level >= ERROR] == []


def test_the_command_fails_with_the_owner_as_the_runtime_role(database: None) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--tag", "security"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": os.environ["DATABASE_OWNER_URL"], "DEBUG": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = re.findall(r"\((qspro\.E\d+)\)", done.stderr)
    assert (done.returncode, sorted(errors)) == (
        1,
        ["qspro.E003", "qspro.E004", "qspro.E006", "qspro.E012", "qspro.E018"],
    )


def test_the_runtime_role_has_nothing_to_be_found(database: None) -> None:
    assert ids(checks.rights_of("qspro_runtime")) == []


def test_a_superuser_is_found(database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper AND rolbypassrls LIMIT 1")
        (superuser,) = cursor.fetchone()
    first = next(iter(checks.rights_of(superuser)))
    assert first.id == "qspro.E002"
    assert first.msg.startswith(f"{superuser} can get past row-level security: SUPERUSER, BYPASSRLS")


def test_an_owner_of_tables_and_a_member_of_the_definer_is_found(database: None) -> None:
    owns, reaches = checks.rights_of("qspro_owner")
    assert (owns.id, reaches.id) == ("qspro.E003", "qspro.E004")
    assert reaches.msg == "qspro_owner can become a role that sees more: qspro_definer."
    assert reaches.hint == "REVOKE qspro_definer FROM qspro_owner: it is to be a member of nothing."


@pytest.mark.parametrize(
    ("done", "undone", "table"),
    [
        ("CREATE TABLE stray (tenant_id uuid)", "DROP TABLE stray", "stray"),
        (
            "ALTER TABLE tenants_user NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_user FORCE ROW LEVEL SECURITY",
            "tenants_user",
        ),
        (
            "ALTER TABLE tenants_tenant DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_tenant ENABLE ROW LEVEL SECURITY",
            "tenants_tenant",
        ),
    ],
)
def test_a_table_of_tenants_without_forced_row_level_security_is_found(
    done: str, undone: str, table: str, database: None
) -> None:
    assert ids(checks.guarded_tables()) == []
    with altered(done, undone):
        (found,) = checks.guarded_tables()
    assert (found.id, found.msg) == ("qspro.E005", f"Tables of tenants are without forced row-level security: {table}.")


def test_a_function_across_tenants_that_everybody_may_call_is_found(database: None) -> None:
    assert ids(checks.closed_functions()) == []
    definer = "SET ROLE qspro_definer; {} FUNCTION all_tenants() {} PUBLIC; RESET ROLE"
    with altered(definer.format("GRANT EXECUTE ON", "TO"), definer.format("REVOKE EXECUTE ON", "FROM")):
        (found,) = checks.closed_functions()
    assert (found.id, found.msg) == (
        "qspro.E013",
        "Every role may call functions that look across tenants: all_tenants.",
    )


@pytest.mark.parametrize("alias", ["default", "operator"])
def test_a_session_that_may_keep_its_locks_for_ever_is_found(alias: str, database: None) -> None:
    assert ids(checks.patient_sessions()) == []
    with connections[alias].cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    (found,) = checks.patient_sessions()
    assert (found.id, found.msg) == (
        "qspro.E018",
        f"A process of {role} that stands still within a transaction keeps its locks, and all others wait.",
    )


def test_a_database_that_does_not_answer_is_a_finding(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {**connection.settings_dict, "PORT": 1, "PASSWORD": "hidden-word", "OPTIONS": {}}
    monkeypatch.setattr(checks, "connection", ConnectionHandler({"default": nowhere})["default"])
    (found,) = checks.check_database(None)
    assert found.id == "qspro.E001"
    assert "hidden-word" not in found.msg


def test_debug_is_found(settings: Settings) -> None:
    assert ids(checks.check_keys(None)) == []
    settings.DEBUG = True
    assert ids(checks.check_keys(None)) == ["qspro.E006"]


def test_each_finding_has_an_id_of_its_own() -> None:
    used = re.findall(r'id="(qspro\.E\d+)"', Path(checks.__file__).read_text())
    assert sorted(used) == [f"qspro.E{number:03}" for number in range(1, 19)]


def test_an_app_of_ours_without_its_secret_is_found(settings: Settings) -> None:
    settings.MCE_CLIENT_SECRET = ""
    assert ids(checks.check_keys(None)) == ["qspro.E017"]
    settings.MCE_CLIENT_ID = ""
    assert ids(checks.check_keys(None)) == []


INSECURE = "django-insecure-" + bytes(range(40)).hex()


@pytest.mark.parametrize("key", ["short", "ab" * 40, EXAMPLE["SECRET_KEY"], INSECURE])
def test_a_weak_secret_key_is_found(key: str, settings: Settings) -> None:
    settings.SECRET_KEY = key
    assert ids(checks.check_keys(None)) == ["qspro.E007"]


@pytest.mark.parametrize(
    "keys", [[], ["junk"], ["ü"], [EXAMPLE["ENCRYPTION_KEYS"]], [Fernet.generate_key().decode(), "x"]]
)
def test_encryption_keys_that_cannot_be_used_are_found(keys: list[str], settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = keys
    assert ids(checks.check_keys(None)) == ["qspro.E008"]


@pytest.mark.parametrize("name", ["ADMIN_API_KEY", "METRICS_TOKEN", "FLOWER_BASIC_AUTH"])
def test_a_weak_token_is_found_and_none_is_none(name: str, settings: Settings) -> None:
    for value, found in (("", []), ("short", ["qspro.E014"]), ("sample" * 9, ["qspro.E014"]), (INSECURE[17:], [])):
        setattr(settings, name, value)
        assert ids(checks.check_keys(None)) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://qspro.example", []),
        ("http://127.0.0.1:8000", []),
        ("http://localhost", []),
        ("http://qspro.example", ["qspro.E015"]),
    ],
)
def test_an_address_in_the_clear_is_found_unless_it_is_this_machine(
    url: str, found: list[str], settings: Settings
) -> None:
    settings.PUBLIC_URL = url
    assert ids(checks.check_addresses(None)) == found


def test_believing_any_host_is_found(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.check_addresses(None)) == ["qspro.E016"]


def test_an_operator_that_can_get_past_the_walls_is_found(
    database: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["operator"], "USER", "qspro_owner")
    assert ids(checks.check_database(None)) == ["qspro.E003", "qspro.E004", "qspro.E018"]


def test_a_redis_that_evicts_is_found(redis: Redis) -> None:
    assert ids(checks.check_redis(None)) == []
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert ids(checks.check_redis(None)) == ["qspro.E010", "qspro.E010"]
    finally:
        redis.config_set("maxmemory-policy", "noeviction")


def test_a_redis_that_does_not_answer_is_found_and_another_kind_of_broker_is_let_be(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CELERY_BROKER_URL = "amqp://127.0.0.1"
    assert ids(checks.check_redis(None)) == ["qspro.E009"]


@pytest.mark.parametrize(("lease", "found"), [(30.0, []), (20.1, []), (20.0, ["qspro.E011"]), (5.0, ["qspro.E011"])])
def test_a_lease_must_outlast_a_step(lease: float, found: list[str], settings: Settings) -> None:
    settings.MCE_SANDBOX_URL = ""
    settings.STEP_DEADLINE_SECONDS = 20.0
    settings.LEASE_SECONDS = lease
    assert ids(checks.check_engine(None)) == found


def test_a_sandbox_is_found(settings: Settings) -> None:
    settings.MCE_SANDBOX_URL = "http://127.0.0.1:9400"
    assert ids(checks.check_engine(None)) == ["qspro.E012"]
