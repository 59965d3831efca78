"""Sealing what must be kept but never read by accident: tokens, client secrets, the SQL on its way to MCE.

Keys come from ENCRYPTION_KEYS alone. The first seals; all of them unseal, so that keys can be rotated.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from qspro.errors import AppError


class CannotUnseal(AppError):
    """No key in ENCRYPTION_KEYS opens it: a key was dropped too early, or the value is damaged."""

    code = "cannot_unseal"


@lru_cache(maxsize=8)
def ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> bytes:
    return ring(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode())


def unseal(data: bytes | memoryview) -> str:
    """Raises CannotUnseal."""
    try:
        return ring(tuple(settings.ENCRYPTION_KEYS)).decrypt(bytes(data)).decode()
    except InvalidToken as exc:
        raise CannotUnseal from exc


def reseal(data: bytes | memoryview) -> bytes:
    """The same content under the newest key. Raises CannotUnseal."""
    try:
        return ring(tuple(settings.ENCRYPTION_KEYS)).rotate(bytes(data))
    except InvalidToken as exc:
        raise CannotUnseal from exc


def is_newest(data: bytes | memoryview) -> bool:
    """Whether the newest key sealed it."""
    try:
        ring(tuple(settings.ENCRYPTION_KEYS[:1])).decrypt(bytes(data))
    except InvalidToken:
        return False
    return True
