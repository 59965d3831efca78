"""Going on without a message: whoever has taken a row further claims the next one that is due by itself."""

import time

from django.conf import settings

from leases import workers
from leases.claims import Claim
from leases.models import Paced
from leases.registry import kind_of
from leases.ringing import ring_for
from leases.rooms import QUEUE_ROOM, few, rooms
from leases.services import claim_due, claim_next


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
    """Whether hardly a message waits, in the queue or in this worker."""
    left = rooms[kind_of(model)].left(now=time.monotonic())
    return left >= settings.WORKER_SLOTS * QUEUE_ROOM - few() and workers.waiting() <= few()
