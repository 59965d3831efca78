"""What somebody has agreed to: told apart by the codes and refresh tokens that stand for it."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Grant:
    """A user lets a client act in one business unit, within some scopes."""

    client_id: str
    user_id: str
    mid: int
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Code:
    """What the sign-in page hands out, bound to the address it went to and to the challenge, if there was one."""

    grant: Grant
    redirect_uri: str
    challenge: str
    expires_at: datetime

    def is_answered_by(self, verifier: str) -> bool:
        """PKCE, S256. A verifier without a challenge is as wrong as none to a challenge."""
        if not self.challenge or not verifier:
            return self.challenge == verifier
        digest = sha256(verifier.encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge


class Codes:
    """Codes not used yet."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}

    def issue(self, code: Code) -> str:
        text = secrets.token_urlsafe(32)
        self._codes[text] = code
        return text

    def use(self, text: str, *, now: datetime) -> Code | None:
        """The code, which ends with this; None if it was used, is too old or was never given."""
        code = self._codes.pop(text, None)
        return code if code is not None and now < code.expires_at else None


class RefreshTokens:
    """Refresh tokens that still hold. They rotate: each is good for one exchange."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def issue(self, grant: Grant) -> str:
        text = secrets.token_urlsafe(48)
        self._grants[text] = grant
        return text

    def find(self, text: str) -> Grant | None:
        return self._grants.get(text)

    def end(self, text: str) -> None:
        del self._grants[text]

    def end_all(self) -> None:
        """Everybody has to sign in again."""
        self._grants.clear()
