"""Going on without a message: whoever has taken a row further claims the next one that is due by itself."""

import time
from collections import defaultdict

from django.conf import settings

from leases import workers
from leases.claims import Claim
from leases.models import Paced
from leases.registry import LeasedKind, kind_of
from leases.services import QUEUE_ROOM, claim_due, claim_next, few, ring_for, room


def begin_next(model: type[Paced]) -> Claim | None:
    """What whoever has done with a row begins at once; None if nothing is due, or the tick is to say whose turn it is.

    It goes on only while hardly a message waits, so that there are idle slots, and nobody is kept waiting.
    """
    return claim_next(model) if is_calm(model) else None


def ring_next(model: type[Paced]) -> None:
    """The next one gets a message of its own."""
    if is_calm(model):
        ring_for(model, claim_due(model, most=1))


def is_calm(model: type[Paced]) -> bool:
    kind = kind_of(model)
    return calm[kind.queue].is_calm(kind, now=time.monotonic())


class Calm:
    """Whether hardly a message waits in a queue. Asked of the broker four times a second at most, for all threads."""

    KEPT_SECONDS = 0.25

    def __init__(self) -> None:
        self.calm, self.until = False, 0.0

    def is_calm(self, kind: LeasedKind, *, now: float) -> bool:
        if now >= self.until:
            self.until = now + self.KEPT_SECONDS
            self.calm = room(kind) >= settings.WORKER_SLOTS * QUEUE_ROOM - few()
        return self.calm and workers.waiting() <= few()


calm: defaultdict[str, Calm] = defaultdict(Calm)  # by queue
