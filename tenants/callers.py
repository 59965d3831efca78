"""Who is asking: one user, in one business unit, of one tenant."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Scope(StrEnum):
    """What a key may be used for."""

    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    DATA_READ = "data:read"
    ACCOUNT = "account:manage"


ALL_SCOPES = frozenset(scope.value for scope in Scope)
# What a key has that is not told otherwise: whoever finds it cannot let others in.
KEY_SCOPES = ALL_SCOPES - {Scope.ACCOUNT.value}


@dataclass(frozen=True)
class Caller:
    tenant_id: UUID
    user_id: UUID
    business_unit_id: UUID
    mid: int
    role: str
    scopes: frozenset[str]
    family_id: UUID | None = None  # of the refresh tokens behind a JWT
    api_key_id: UUID | None = field(default=None, compare=False)  # the key in the request

    @property
    def is_authenticated(self) -> bool:  # what REST framework asks of a user
        return True

    @property
    def by_session(self) -> bool:
        """At the console, and not with a key or token."""
        return self.family_id is None and self.api_key_id is None

    @property
    def oversees(self) -> bool:
        """Owners and admins see that colleagues' runs exist and how they went, never their SQL or rows."""
        return self.role in {"owner", "admin"}
