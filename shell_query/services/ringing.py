"""Ringing for new runs, unless so many messages wait that the tick should choose the order."""

import threading
import time
from collections import defaultdict
from uuid import UUID

from leases.registry import LeasedKind, kind_of
from leases.services import ring, room
from shell_query.models import Run


class Room:
    """For how many runs may still be rung. Asked of the broker four times a second at most, for all threads."""

    KEPT_SECONDS = 0.25

    def __init__(self) -> None:
        self.left, self.until = 0, 0.0
        self.lock = threading.Lock()

    def take(self, kind: LeasedKind, *, now: float) -> bool:
        """Whether there is room for one more, who has it then."""
        with self.lock:
            if now >= self.until:
                self.left, self.until = room(kind), now + self.KEPT_SECONDS
            self.left -= 1
            return self.left >= 0


rooms: defaultdict[str, Room] = defaultdict(Room)  # by queue


def ring_new(*, tenant_id: UUID, run_id: UUID) -> bool:
    """For a run that was just submitted. False if it is left to the tick."""
    kind = kind_of(Run)
    if not rooms[kind.queue].take(kind, now=time.monotonic()):
        return False
    return ring(Run, tenant_id=tenant_id, row_id=run_id, claim_token=None)
