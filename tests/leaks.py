"""What no log line may hold: SQL, rows, tokens, secrets. All lines of all tests are searched for it."""

import logging
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from qspro.logging import formatter
from tests.cast import APPS

PATTERNS = {
    # Tables of the sandbox, in whatever query; our own SQL speaks of none of them.
    "SQL": r"(\b|\\n)(from|join)(\s|\\n)+\[?(ent\.)?\[?(Stores|Customers|Orders|Products|Newsletter Signups|_Sent)\b",
    "a row": r"customer\d+@|SKU-\d{5}|Store [A-Z][a-zü]+ \d+|an der Tür klingeln|Grüße aus Krak",
    "an API key": r"qsp_[0-9a-f]{32}_",
    "a JWT": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ",
    "a sealed value": r"\bgAAAAA[A-Za-z0-9_-]{20,}",
    "a credential in a header": r"(?i)\b(bearer|basic|api-key) [A-Za-z0-9+/_=.-]{16,}",
}
# Our own processes' alone: tests tell which addresses they ask for.
OF_SERVICES = {**PATTERNS, "a code or ticket in an address": r"[?&](code|ticket)=[\w-]{16,}"}
# Of the environment: what the stack makes anew for each run of the tests.
SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS", "ADMIN_API_KEY", "ADMIN_PASSWORD", "FLOWER_BASIC_AUTH")
URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL", "REDIS_URL", "CELERY_BROKER_URL")


def secrets_of(environ: Mapping[str, str]) -> dict[str, str]:
    """{where it is from: the secret}."""
    passwords = {name: unquote(urlsplit(environ.get(name, "")).password or "") for name in URLS}
    named = {name: environ.get(name, "").rpartition(":")[2] for name in SECRETS}
    apps = {f"the secret of {client_id}": secret for client_id, secret in APPS.values()}
    return {name: secret for name, secret in {**passwords, **named, **apps}.items() if len(secret) >= 8}


class Leaks:
    """Finds what is forbidden in a text, and never repeats it."""

    def __init__(self, secrets: Mapping[str, str], patterns: Mapping[str, str] = PATTERNS) -> None:
        self._patterns = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in patterns.items()}
        self._secrets = dict(secrets)

    def within(self, text: str) -> list[str]:
        patterns = [what for what, pattern in self._patterns.items() if pattern.search(text)]
        return patterns + [name for name, secret in self._secrets.items() if secret in text]


class Watch(logging.Handler):
    """Reads each line as the service would write it."""

    def __init__(self, leaks: Leaks) -> None:
        super().__init__()
        self._leaks = leaks
        self.found: list[str] = []
        self.setFormatter(formatter("json"))

    def emit(self, record: logging.LogRecord) -> None:
        self.found += [f"{record.name}: {what}" for what in self._leaks.within(self.format(record))]


def in_lines(lines: Iterable[str], leaks: Leaks) -> list[str]:
    return [f"line {number}: {what}" for number, line in enumerate(lines, 1) for what in leaks.within(line)]
