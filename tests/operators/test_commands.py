"""manage.py create_tenant, connect_business_unit, create_api_key and doctor."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from pytest_django import Settings
from redis import Redis

from leases import pulses
from mce_bridge.models import Connection, State
from operators import doctor
from shell_query.models import Run
from tenants.context import tenant_scope
from tenants.encryption import seal
from tenants.models import ApiKey, BusinessUnit, Tenant, User
from tests.asking import me
from tests.cast import APPS, SUBS, Cast
from tests.rows import make_run
from tests.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
NORTHWIND = {"name": "Northwind", "subdomain": "mc-northwind"}
CLIENT_ID, SECRET = APPS["mc-northwind"]


def run(command: str, *args: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip()


def connect(monkeypatch: pytest.MonkeyPatch, *, secret: str = SECRET, **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
    given = {"tenant": "7001000", "mid": 7001001, "name": "Europe", "client_id": CLIENT_ID, **options}
    return run("connect_business_unit", **given)


def test_from_nothing_to_a_key_that_works(
    database: None, mce: Sandbox, monkeypatch: pytest.MonkeyPatch, redis: Redis
) -> None:
    assert run("create_tenant", "7001000", **NORTHWIND, plan="enterprise").startswith("Northwind is tenant ")
    assert connect(monkeypatch, auth_url=mce.url) == "7001001 is connected: Marketing Cloud answers well."
    asked = {"tenant": "7001000", "mid": 7001001, "user": "u-1", "name": "first", "new_user": "Una", "days": 30}
    key = run("create_api_key", **asked, scope=["runs:read"])
    assert me(f"Api-Key {key}").body["user"]["name"] == "Una"
    kept = ApiKey.objects.using("operator").get()
    assert (kept.scopes, kept.name, Tenant.objects.using("operator").get().plan) == (
        ["runs:read"],
        "first",
        "enterprise",
    )
    assert kept.expires_at is not None
    assert timedelta(days=29) < kept.expires_at - datetime.now(UTC) < timedelta(days=31)


@pytest.mark.parametrize(
    ("enterprise_id", "changes", "words"),
    [
        ("7001000", {}, "Enterprise 7001000 is a tenant already."),
        ("9", {"subdomain": "evil.example/"}, "mce_address_refused"),
    ],
)
def test_a_tenant_that_cannot_be_is_refused(
    enterprise_id: str, changes: dict[str, str], words: str, cast: Cast
) -> None:
    with pytest.raises(CommandError, match=words):
        run("create_tenant", enterprise_id, **{**NORTHWIND, **changes})


def test_a_connection_that_is_there_gets_new_credentials_only_when_told(
    connected: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="give --replace"):
        connect(monkeypatch)
    with tenant_scope(connected.alice.caller.tenant_id):
        Connection.objects.update(state=State.BROKEN, client_secret=seal("old"))
    assert connect(monkeypatch, replace=True).endswith("Marketing Cloud answers well.")
    assert {each.state for each in Connection.objects.using("operator").all()} == {State.ACTIVE}


def test_a_connection_at_a_wrong_address_is_moved(
    connected: Cast, mce: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(connected.alice.caller.tenant_id):
        Connection.objects.update(auth_url="https://mc-northwind.auth.marketingcloudapis.com", soap_url="", rest_url="")
    assert connect(monkeypatch, replace=True, auth_url=mce.url).endswith("Marketing Cloud answers well.")
    with pytest.raises(CommandError, match="mce_address_refused"):
        connect(monkeypatch, replace=True, auth_url="http://169.254.169.254")


def test_a_wrong_secret_is_said_and_not_repeated(connected: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="reconnect_required") as raised:
        connect(monkeypatch, secret="not-the-secret", replace=True)
    assert "not-the-secret" not in str(raised.value)


def test_no_secret_and_no_tenant_are_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="first line of the input"):
        connect(monkeypatch, secret="")
    with pytest.raises(CommandError, match="There is no tenant 1"):
        connect(monkeypatch, tenant="1")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tenant": "1"}, "There is no tenant 1"),
        ({"mid": 5}, "Business unit 5 is not known"),
        ({"user": "u-nobody"}, "give --new-user"),
    ],
)
def test_a_key_for_what_is_not_there_is_refused(changes: dict[str, Any], words: str, cast: Cast) -> None:
    with pytest.raises(CommandError, match=words):
        run("create_api_key", **{"tenant": "7001000", "mid": 7001001, "user": "u-alice", "name": "k", **changes})


# doctor


@pytest.fixture
def well(connected: Cast, redis: Redis) -> Cast:
    pulses.give([pulses.BEAT, *(pulses.of_queue(queue) for queue in ("runs", "upkeep", "tick"))])
    return connected


def troubles(**options: Any) -> list[str]:
    """The parts with trouble; the command ends with an error if there are any."""
    out, error = StringIO(), ""
    try:
        call_command("doctor", stdout=out, **options)
    except CommandError as raised:
        error = str(raised)
    found = [line.partition(":")[0].removeprefix("no  ") for line in out.getvalue().splitlines() if line[:2] == "no"]
    assert error == (f"{len(found)} things are to be mended." if found else "")
    return found


def test_a_deployment_that_is_well(well: Cast) -> None:
    assert run("doctor").splitlines() == [
        f"ok  {part}: well" for part in (*(part for part, _ in doctor.PARTS), "Marketing Cloud")
    ]


def test_beat_and_workers_that_show_no_life(connected: Cast, redis: Redis) -> None:
    assert troubles(without_mce=True) == ["beat", "workers"]


def test_a_connection_that_does_not_work(well: Cast) -> None:
    with tenant_scope(well.mallory.caller.tenant_id):
        Connection.objects.update(client_secret=seal("wrong"))
    assert troubles() == ["Marketing Cloud"]
    assert troubles(without_mce=True) == []


def test_rows_that_nobody_takes(well: Cast) -> None:
    run_id = make_run(well.alice.caller)
    with tenant_scope(well.alice.caller.tenant_id):
        Run.objects.filter(id=run_id).update(wake_at=Now() - timedelta(minutes=5))
    assert troubles(without_mce=True) == ["backlog"]


def test_a_redis_that_evicts_and_one_that_is_away(well: Cast, redis: Redis, settings: Settings) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert troubles(without_mce=True) == ["redis", "redis"]
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert troubles(without_mce=True) == ["beat", "workers"]


def test_a_clock_that_is_off(well: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "APART", timedelta(seconds=-1))
    assert troubles(without_mce=True) == ["clock"]


def test_a_migration_that_is_missing(well: Cast) -> None:
    call_command("migrate", "operators", "0001", database="owner", verbosity=0)
    try:
        assert troubles(without_mce=True)[0] == "migrations"
    finally:
        call_command("migrate", "operators", database="owner", verbosity=0)


def test_the_doctor_knows_a_missing_key_from_a_wrong_secret(well: Cast, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=out)
    assert "no key opens its secret." in out.getvalue()
    assert "Put the key that sealed it back into ENCRYPTION_KEYS" in out.getvalue()


# As a program.


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "qspro.settings", **environment}
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def test_the_doctor_need_not_be_the_owner(database: None) -> None:
    """In containers only `migrate` has the owner's password."""
    url = urlsplit(os.environ["DATABASE_OWNER_URL"])
    nobody = url._replace(netloc=f"{url.username}@{url.hostname}:{url.port}").geturl()
    found = manage("doctor", "--without-mce", DATABASE_OWNER_URL=nobody).stdout
    assert found.splitlines()[1] == "ok  migrations: well"


@pytest.mark.parametrize(
    "words",
    [
        ["create_tenant", "9", "--name=N", "--subdomain=mc-n"],
        ["delete_tenant", "9", "--yes"],
        ["migrate", "--database", "owner"],
        ["prune"],
        ["rotate_keys"],
        ["sweep"],
    ],
)
def test_a_database_that_is_away_is_said_in_a_sentence(words: list[str]) -> None:
    away = "postgresql://nobody:hunter2@127.0.0.1:1/qspro"
    done = manage(*words, DATABASE_URL=away, DATABASE_OWNER_URL=away, DATABASE_OPERATOR_URL=away, DATABASE_POOL="0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("PostgreSQL cannot be asked: connection failed: connection to server at")
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


# What is typed wrong is said before anything is done.


def typed(command: str, **options: str) -> list[str]:
    return [command, *(f"--{name.replace('_', '-')}={value}" for name, value in options.items())]


@pytest.mark.parametrize(
    ("enterprise_id", "changes", "words"),
    [
        ("abc", {}, "a number of Marketing Cloud's"),
        ("٣٤", {}, "a number of Marketing Cloud's"),
        ("9" * 40, {}, "a number of Marketing Cloud's"),
        ("9", {"name": " "}, "not to be empty"),
        ("9", {"name": "N" * 201}, "at most 200 characters"),
        ("9", {"subdomain": "s" * 101}, "at most 100 characters"),
        ("9", {"plan": "gold"}, "invalid choice"),
    ],
)
def test_a_tenant_that_is_typed_wrong_is_not_made(
    enterprise_id: str, changes: dict[str, str], words: str, cast: Cast
) -> None:
    before = Tenant.objects.using("operator").count()
    with pytest.raises(CommandError, match=words):
        run(*typed("create_tenant", **{**NORTHWIND, **changes}), enterprise_id)
    assert Tenant.objects.using("operator").count() == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mid": "-5"}, "a number of Marketing Cloud's"),
        ({"mid": "9" * 20}, "a number of Marketing Cloud's"),
        ({"name": "N" * 201}, "at most 200 characters"),
        ({"client_id": "c" * 201}, "at most 200 characters"),
        ({"client_id": ""}, "not to be empty"),
        ({"auth_url": f"https://{'a' * 200}"}, "at most 200 characters"),
    ],
)
def test_a_connection_that_is_typed_wrong_makes_no_business_unit(
    changes: dict[str, str], words: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    before = BusinessUnit.objects.using("operator").count()
    with pytest.raises(CommandError, match=words):
        run(*typed("connect_business_unit", **{"tenant": "7001000", "mid": "77", "client_id": "c", **changes}))
    assert BusinessUnit.objects.using("operator").count() == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": "0"}, "a number of days"),
        ({"days": "-1"}, "a number of days"),
        ({"days": "99999999999"}, "a number of days"),
        ({"name": ""}, "not to be empty"),
        ({"name": "N" * 101}, "at most 100 characters"),
        ({"user": ""}, "not to be empty"),
        ({"user": "u" * 101}, "at most 100 characters"),
        ({"new_user": "N" * 201}, "at most 200 characters"),
        ({"email": "nobody"}, "valid email address"),
        ({"mid": "9" * 20}, "a number of Marketing Cloud's"),
    ],
)
def test_a_key_that_is_typed_wrong_is_not_made(changes: dict[str, str], words: str, cast: Cast) -> None:
    asked = {"tenant": "7001000", "mid": "7001001", "user": "u-new", "new_user": "New", "name": "k", **changes}
    before = ApiKey.objects.using("operator").count(), User.objects.using("operator").count()
    with pytest.raises(CommandError, match=words):
        run(*typed("create_api_key", **asked))
    assert (ApiKey.objects.using("operator").count(), User.objects.using("operator").count()) == before


def test_a_deactivated_user_gets_no_key_and_stays_as_they_are(cast: Cast) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        User.objects.filter(mce_user_id=SUBS["bob"]).update(is_active=False)
    with pytest.raises(CommandError, match="502 is deactivated"):
        run(*typed("create_api_key", tenant="7001000", mid="7001001", user=SUBS["bob"], new_user="Robert", name="k"))
    assert not User.objects.using("operator").filter(name="Robert").exists()


def test_nobody_new_gets_a_key_of_a_tenant_that_is_being_deleted(cast: Cast) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="Nobody of your tenant may act any more"):
        run(*typed("create_api_key", tenant="7001000", mid="7001001", user="u-new", new_user="New", name="k"))
