"""Access tokens: who holds one, for which business unit, until when."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mce_sandbox.accounts import SCOPES, Enterprise


@dataclass(frozen=True, slots=True)
class Token:
    """One access token. It holds for one business unit only."""

    client_id: str
    enterprise_id: int
    mid: int
    user_id: str
    scopes: frozenset[str]
    expires_at: datetime


class Tokens:
    """All tokens ever given, so that an expired one is told from one never given."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}

    def issue(
        self, enterprise: Enterprise, *, mid: int, scope: str, user_id: str, now: datetime, seconds: int
    ) -> tuple[str, Token]:
        """A new token, as long and as opaque as MCE's."""
        granted = frozenset(scope.split()) if scope else frozenset(SCOPES.split())
        token = Token(enterprise.client_id, enterprise.id, mid, user_id, granted, now + timedelta(seconds=seconds))
        text = ".".join(secrets.token_urlsafe(size) for size in (90, 260, 64))
        self._tokens[text] = token
        return text, token

    def find(self, text: str) -> Token | None:
        return self._tokens.get(text)

    def expire_all(self, now: datetime) -> None:
        """At once: what holds a token now has to get a new one."""
        for text, token in self._tokens.items():
            self._tokens[text] = replace(token, expires_at=min(token.expires_at, now))
