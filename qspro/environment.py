"""What a process is told by its environment: readers for the settings (qspro/settings.py), and for nothing else.

Each refuses junk at start-up, with the variable's name and never its value. A secret NAME may also be given as
NAME_FILE, the path of a file that holds it.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Of connections to PostgreSQL. A server that is gone without a farewell, as after a failover, is asked after 10 seconds
# of silence, and given up after 20; the system would wait for it for two hours, in every thread.
GONE: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def env(name: str, default: str | None = None) -> str:
    value = os.environ.get(name)
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(f"The environment variable {name} is needed; .env.example describes it.")
    return value.strip()


def env_secret(name: str, default: str | None = None) -> str:
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return env(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read.") from exc


def env_bool(name: str, default: bool) -> bool:
    value = env(name, "true" if default else "false").lower()
    if value not in {"true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} is true or false.")
    return value in {"true", "1"}


def env_number(name: str, default: float, least: float = 0) -> float:
    try:
        value = float(env(name, str(default)))
    except ValueError as exc:
        raise ImproperlyConfigured(f"{name} is a number.") from exc
    if not least <= value < float("inf"):
        raise ImproperlyConfigured(f"{name} is at least {least:g}.")
    return value


def env_int(name: str, default: int, least: int = 0) -> int:
    value = env_number(name, default, least)
    if value != int(value):
        raise ImproperlyConfigured(f"{name} is a whole number.")
    return int(value)


def env_rate(name: str, default: str) -> str:
    """So many in a time: 30/minute. Empty: as many as one likes."""
    value = env(name, default)
    if value and not re.fullmatch(r"[1-9][0-9]*/(second|minute|hour|day)", value):
        raise ImproperlyConfigured(f"{name} is NUMBER/minute (or second, hour, day), or empty.")
    return value


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is one of: {', '.join(choices)}.")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def database(name: str, *, pool: int) -> dict[str, Any]:
    """Django's settings for the PostgreSQL URL in the variable `name`; `pool` connections at most, 0 for none."""
    url = urlsplit(env_secret(name))
    if url.scheme not in {"postgres", "postgresql"} or not url.hostname or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
    options: dict[str, Any] = {"connect_timeout": 5, **GONE}
    if pool:
        options["pool"] = {"min_size": 0, "max_size": pool, "timeout": 10, "max_idle": 60}
    return {
        "ENGINE": "qspro.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname,
        "PORT": url.port or 5432,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": not pool,  # of a pool's connections the backend knows by itself
        "DISABLE_SERVER_SIDE_CURSORS": True,  # PgBouncer in transaction mode has none
        "OPTIONS": options,
    }
