"""What a process is told by its environment: readers for the settings (qspro/settings.py), and for nothing else.

Each refuses junk at start-up, with the variable's name and never its value. A secret NAME may also be given as
NAME_FILE, the path of a file that holds it.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.fernet import Fernet, MultiFernet
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
    except (OSError, UnicodeDecodeError) as exc:
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
    return check_bounds(name, value, least)


def env_numbers(name: str, default: str, least: float = 0) -> list[float]:
    try:
        values = [float(part) for part in env(name, default).split(",")]
    except ValueError as exc:
        raise ImproperlyConfigured(f"{name} is one number or several, separated by commas.") from exc
    return [check_bounds(name, value, least) for value in values]


def check_bounds(name: str, value: float, least: float) -> float:
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
    """Upper and lower case are one."""
    value = env(name, default).casefold()
    for choice in choices:
        if value == choice.casefold():
            return choice
    raise ImproperlyConfigured(f"{name} is one of: {', '.join(choices)}.")


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_url(name: str, default: str) -> str:
    """Without a slash at its end; empty where nothing is said and that is the default."""
    value = env(name, default) or default
    return check_url(name, value, ("http", "https")).rstrip("/") if value else ""


def env_secret_url(name: str, default: str = "", *, schemes: tuple[str, ...]) -> str:
    return check_url(name, env_secret(name, default) or default, schemes)


def check_url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    begins = [f"{scheme}://" for scheme in schemes]
    if not value.startswith(tuple(begins)):
        raise ImproperlyConfigured(f"{name} begins with {' or '.join(begins)}.")
    if not (host_and_port(value)[0] or value.startswith("unix://")):
        raise ImproperlyConfigured(f"{name} is no address.")
    return value


def host_and_port(url: str) -> tuple[str, int]:
    """An empty host where there is none, or what stands there cannot be one; 0 for no port."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or 0
    except ValueError:
        # Not passed on: what it takes for a port may be the end of a password.
        return "", 0


def env_keys(name: str) -> list[str]:
    keys = [key for key in env_secret(name).split(",") if key]
    try:
        MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured(f"{name} is one Fernet key or several, separated by commas.") from None
    return keys


def database(name: str, *, pool: int) -> dict[str, Any]:
    """Django's settings for the PostgreSQL URL in the variable `name`; `pool` connections at most, 0 for none."""
    value = env_secret(name)
    host, port = host_and_port(value)
    if not host or not value.startswith(("postgres://", "postgresql://")) or not urlsplit(value).path.strip("/"):
        raise ImproperlyConfigured(f"{name} is postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
    url = urlsplit(value)
    options: dict[str, Any] = {"connect_timeout": 5, **GONE}
    if pool:
        options["pool"] = {"min_size": 0, "max_size": pool, "timeout": 10, "max_idle": 60}
    return {
        "ENGINE": "qspro.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": port or 5432,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": not pool,  # of a pool's connections the backend knows by itself
        "DISABLE_SERVER_SIDE_CURSORS": True,  # PgBouncer in transaction mode has none
        "OPTIONS": options,
    }
