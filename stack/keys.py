"""The secrets of a stack: made once, kept beside its data, the same at the next start."""

import base64
import json
import os
import secrets
from pathlib import Path

from stack.errors import StackError
from stack.files import write_private_json

# Names in the file, and the length in bytes of what is made for them.
TOKENS = {
    "postgres": 24,
    "qspro_owner": 24,
    "qspro_runtime": 24,
    "qspro_operator": 24,
    "qspro_backup": 24,
    "valkey": 24,
    "SECRET_KEY": 48,
    "ADMIN_API_KEY": 24,
    "FLOWER_PASSWORD": 24,
    "ADMIN_PASSWORD": 12,
}


def new_keys() -> dict[str, str]:
    """Fresh secrets for everything that needs one."""
    keys = {name: secrets.token_urlsafe(size) for name, size in TOKENS.items()}
    # The form of a Fernet key.
    keys["ENCRYPTION_KEYS"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
    return keys


def kept_keys(path: Path) -> dict[str, str]:
    """The secrets kept at `path`; what is not there yet is made and written (mode 0600)."""
    kept: dict[str, str] = {}
    if path.exists():
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as exc:
            raise StackError(f"{path} is damaged; remove it and the data beside it to start afresh.") from exc
    keys = new_keys() | kept
    if keys != kept:
        write_private_json(path, keys)
    return keys
