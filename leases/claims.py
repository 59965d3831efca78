"""A claim: the right to take one row one step further, until the lease ends."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:  # its models name claims
    from leases.models import Leased


@dataclass(frozen=True)
class Claim:
    """`row` is what was claimed, with its next step begun and the database's time as `now`, where it was read along.

    `asked` is when this process asked for it, on its own clock: its lease runs since then at the earliest.
    """

    tenant_id: UUID
    row_id: UUID
    token: UUID
    row: "Leased | None" = field(default=None, compare=False, repr=False)
    asked: float = field(default_factory=time.monotonic, compare=False, repr=False)
