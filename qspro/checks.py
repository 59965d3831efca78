"""`manage.py check --deploy`: what would make a deployment unsafe, asked of the deployment itself.

Each finding is an error with an id of its own (qspro.E001 ...) and a hint that says what to do. They are not run at
start: a service must not stay down because Redis is slow to answer.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection, connections
from django.db.utils import Error as DatabaseError
from redis import Redis
from redis.exceptions import RedisError

SECRET_KEY_LENGTH = 50
SECRET_KEY_VARIETY = 8
TOKEN_LENGTH = 20
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# .env.example's own, and what Django's startproject writes.
KNOWN_BEGINNINGS = ("sample", "django-insecure-")

RIGHTS = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = %s"
OWNED = """
SELECT relname FROM pg_class
 WHERE relkind IN ('r', 'p', 'v', 'm') AND pg_get_userbyid(relowner) = %s ORDER BY relname
"""
# Directly or through other roles, whether or not it inherits: SET ROLE needs no inheritance.
MEMBERSHIPS = """
WITH RECURSIVE reached AS (
    SELECT roleid FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = %s)
    UNION
    SELECT above.roleid FROM pg_auth_members AS above JOIN reached ON above.member = reached.roleid
)
SELECT role.rolname
  FROM reached JOIN pg_roles AS role ON role.oid = reached.roleid
 WHERE role.rolsuper OR role.rolbypassrls OR role.rolcreaterole
    OR role.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
    OR EXISTS (SELECT FROM pg_class WHERE relowner = role.oid AND relkind IN ('r', 'p'))
    OR EXISTS (SELECT FROM pg_policy WHERE role.oid = ANY (polroles))
 ORDER BY role.rolname
"""
UNGUARDED = """
SELECT relname FROM pg_class AS class
 WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
   AND (oid = to_regclass('tenants_tenant')
        OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = class.oid AND attname = 'tenant_id' AND NOT attisdropped))
 ORDER BY relname
"""
OPEN_FUNCTIONS = """
SELECT proname FROM pg_proc
 WHERE prosecdef AND pronamespace = 'public'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')
 ORDER BY proname
"""


@register(Tags.security, deploy=True)
def check_database(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        roles = dict.fromkeys((column("SELECT current_user")[0], settings.DATABASES["operator"]["USER"]))
        rights = (found for role in roles for found in rights_of(role))
        return [*rights, *guarded_tables(), *closed_functions(), *patient_sessions()]
    except DatabaseError as exc:
        # Its words name the server and the role, never the password.
        return [Error(f"The database cannot be asked: {exc}", hint="See DATABASE_URL.", id="qspro.E001")]


def rights_of(role: str) -> Iterable[CheckMessage]:
    """For the roles of the service row-level security must hold whatever SQL they are made to run."""
    roles = (
        "Let DATABASE_URL name qspro_runtime and DATABASE_OPERATOR_URL qspro_operator as stack/roles.sql makes them."
    )
    # A pooler may sign in with another name than it is asked with.
    rights = next(iter(rows(RIGHTS, role)), ())
    names = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "REPLICATION")
    if held := [name for name, has in zip(names, rights, strict=False) if has]:
        yield Error(f"{role} can get past row-level security: {', '.join(held)}.", hint=roles, id="qspro.E002")
    if owned := column(OWNED, role):
        yield Error(f"{role} owns tables: {some(owned)}.", hint=roles, id="qspro.E003")
    if reached := column(MEMBERSHIPS, role):
        hint = f"REVOKE {', '.join(reached)} FROM {role}: it is to be a member of nothing."
        yield Error(f"{role} can become a role that sees more: {some(reached)}.", hint=hint, id="qspro.E004")


def patient_sessions() -> Iterable[CheckMessage]:
    for alias in ("default", "operator"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('idle_in_transaction_session_timeout')")
            role, timeout = cursor.fetchone()
        if timeout == "0":
            yield Error(
                f"A process of {role} that stands still within a transaction keeps its locks, and all others wait.",
                hint="Run stack/roles.sql again: it sets idle_in_transaction_session_timeout.",
                id="qspro.E018",
            )


def guarded_tables() -> Iterable[CheckMessage]:
    if unguarded := column(UNGUARDED):
        yield Error(
            f"Tables of tenants are without forced row-level security: {some(unguarded)}.",
            hint="Run `manage.py migrate --database owner`; a new model's migration needs EnableRLS (tenants/rls.py).",
            id="qspro.E005",
        )


def closed_functions() -> Iterable[CheckMessage]:
    if found := column(OPEN_FUNCTIONS):
        yield Error(
            f"Every role may call functions that look across tenants: {some(found)}.",
            hint="Say again who may, as docs/backup.md does after a restore.",
            id="qspro.E013",
        )


@register(Tags.security, deploy=True)
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG shows settings and SQL to whoever causes an error.", hint="Unset DEBUG.", id="qspro.E006")
    key = settings.SECRET_KEY
    if len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_VARIETY or key.startswith(KNOWN_BEGINNINGS):
        yield Error(
            "SECRET_KEY can be guessed; whoever has it signs in as anybody.",
            hint=f"Set it to at least {SECRET_KEY_LENGTH} random characters.",
            id="qspro.E007",
        )
    if settings.MCE_CLIENT_ID and not settings.MCE_CLIENT_SECRET:
        yield Error(
            "Nobody can sign in: Marketing Cloud does not take our app without its secret.",
            hint="Set MCE_CLIENT_SECRET, or unset MCE_CLIENT_ID.",
            id="qspro.E017",
        )
    if not settings.ENCRYPTION_KEYS or not all(usable(key) for key in settings.ENCRYPTION_KEYS):
        yield Error(
            "ENCRYPTION_KEYS holds none, a sample, or something that is no Fernet key.",
            hint="Make one as .env.example says. To rotate, put the new one in front and keep the old ones.",
            id="qspro.E008",
        )
    for name in ("ADMIN_API_KEY", "METRICS_TOKEN", "FLOWER_BASIC_AUTH"):
        token = getattr(settings, name)
        if token and (len(token) < TOKEN_LENGTH or token.startswith(KNOWN_BEGINNINGS)):
            yield Error(
                f"{name} can be guessed.",
                hint=f"Set it to at least {TOKEN_LENGTH} random characters, or leave it empty: then nobody gets in.",
                id="qspro.E014",
            )


@register(Tags.security, deploy=True)
def check_addresses(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme != "https" and public.hostname not in LOOPBACK:
        yield Error(
            "Cookies and keys cross the network in the clear: PUBLIC_URL is not https.",
            hint="End TLS in front of the API, and set PUBLIC_URL to the address that people use.",
            id="qspro.E015",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("Any Host header is believed.", hint="Name the hosts in ALLOWED_HOSTS.", id="qspro.E016")


@register(Tags.security, deploy=True)
def check_redis(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """INFO and not CONFIG, which managed servers refuse."""
    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        url = getattr(settings, name)
        if not url.startswith(("redis://", "rediss://", "unix://")):
            continue  # another kind of broker
        try:
            with Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
                policy = client.info("memory")["maxmemory_policy"]
        except (RedisError, OSError) as exc:
            yield Error(
                f"The Redis of {name} cannot be asked: {type(exc).__name__}.",
                hint=f"See {name}, and whether its user may call INFO.",
                id="qspro.E009",
            )
            continue
        if policy != "noeviction":
            yield Error(
                f"The Redis of {name} throws away messages and streams when it is full ({policy}).",
                hint="Set its maxmemory-policy to noeviction.",
                id="qspro.E010",
            )


@register(Tags.security, deploy=True)
def check_engine(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    if settings.LEASE_SECONDS <= settings.STEP_DEADLINE_SECONDS:
        yield Error(
            "A lease can end while its step is still at work: two workers would take the same step.",
            hint="Set LEASE_SECONDS well above STEP_DEADLINE_SECONDS, as 30 and 20.",
            id="qspro.E011",
        )
    if settings.MCE_SANDBOX_URL:
        yield Error(
            "Connections may go to a sandbox beside Marketing Cloud.", hint="Unset MCE_SANDBOX_URL.", id="qspro.E012"
        )


def usable(key: str) -> bool:
    """32 bytes in URL-safe base64, and not those of .env.example."""
    try:
        Fernet(key)
    except (ValueError, binascii.Error):
        return False
    return not base64.urlsafe_b64decode(key).startswith(b"sample")


def rows(sql: str, *values: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def column(sql: str, *values: str) -> list[str]:
    return [row[0] for row in rows(sql, *values)]


def some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
