"""A claim: the right to take one row one step further, until the lease ends."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Claim:
    tenant_id: UUID
    row_id: UUID
    token: UUID
