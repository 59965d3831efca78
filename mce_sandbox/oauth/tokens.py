"""Access tokens: what each stands for, until when."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mce_sandbox.oauth.grants import Codes, Grant, RefreshTokens


@dataclass(frozen=True, slots=True)
class Token:
    """One access token. It holds for one business unit only."""

    grant: Grant
    expires_at: datetime

    @property
    def mid(self) -> int:
        return self.grant.mid

    @property
    def client_id(self) -> str:
        return self.grant.client_id


class Tokens:
    """All tokens ever given, so that an expired one is told from one never given; and what is exchanged for them."""

    def __init__(self) -> None:
        self.codes = Codes()
        self.refresh_tokens = RefreshTokens()
        self._tokens: dict[str, Token] = {}

    def issue(self, grant: Grant, *, now: datetime, seconds: int) -> str:
        """A new token, as long and as opaque as MCE's."""
        text = ".".join(secrets.token_urlsafe(size) for size in (90, 260, 64))
        self._tokens[text] = Token(grant, now + timedelta(seconds=seconds))
        return text

    def find(self, text: str) -> Token | None:
        return self._tokens.get(text)

    def expire_all(self, now: datetime) -> None:
        """At once: what holds a token now has to get a new one."""
        for text, token in self._tokens.items():
            self._tokens[text] = replace(token, expires_at=min(token.expires_at, now))
