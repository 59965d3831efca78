"""Going on without a message: whoever has taken a row further claims the next one that is due, or waits for it.

To take a message costs a worker about as much as half a look at Marketing Cloud (docs/decisions/0029).
"""

import threading
import time
from collections.abc import Callable

from django.conf import settings

from leases import workers
from leases.claiming import claim_next
from leases.claims import Claim
from leases.models import Paced
from leases.registry import kind_of
from leases.ringing import ring_for
from leases.rooms import QUEUE_ROOM, few, rooms
from leases.services import claim_due
from tenants.context import give_back

# After so long the next one gets a message of its own: tasks have their time limits.
TURN_SECONDS = 5.0
# Threads have none but of their own, and may wait in between.
THREADS_TURN_SECONDS = 30.0
# How often whoever waits asks what is due.
ASK_SECONDS = 0.1

# A fifth of the slots may wait, the others are there for messages.
places = threading.BoundedSemaphore(settings.WORKER_SLOTS // 5)
asking = threading.Lock()


def go_on(model: type[Paced], claim: Claim, take_further: Callable[[Claim], None]) -> None:
    """Takes the claimed row further, and then others that are due, of any tenant."""
    until = time.monotonic() + (THREADS_TURN_SECONDS if workers.has_threads() else TURN_SECONDS)
    following: Claim | None = claim
    while following is not None:
        take_further(following)
        if time.monotonic() >= until or workers.is_ending():
            ring_next(model)
            return
        following = begin_next(model) or wait_for_next(model, until=until)


def begin_next(model: type[Paced]) -> Claim | None:
    """What whoever has done with a row begins at once; None if nothing is due, or the tick is to say whose turn it is.

    It goes on only while hardly a message waits, so that there are idle slots, and nobody is kept waiting.
    """
    return claim_next(model) if is_calm(model) else None


def wait_for_next(model: type[Paced], *, until: float) -> Claim | None:
    """What is due next, and begun. None where slots are processes, if enough others wait, and once it is `until`, the
    worker ends, or a message wants a slot.
    """
    if not workers.has_threads() or not places.acquire(blocking=False):
        return None
    try:
        give_back()  # the connection over which nothing due was found
        return ask_in_turn(model, until=until)
    finally:
        places.release()


def ask_in_turn(model: type[Paced], *, until: float) -> Claim | None:
    """Of all who wait one asks, until something is due; then the next one does."""
    if not asking.acquire(timeout=max(0.0, until - time.monotonic())):
        return None
    try:
        while time.monotonic() < until and is_calm(model) and not (workers.waiting() or workers.is_ending()):
            if claim := claim_next(model):
                return claim
            give_back()
            time.sleep(ASK_SECONDS)
    finally:
        asking.release()
    return None


def ring_next(model: type[Paced]) -> None:
    """The next one gets a message of its own."""
    if is_calm(model):
        ring_for(model, claim_due(model, most=1))


def is_calm(model: type[Paced]) -> bool:
    """Whether hardly a message waits, in the queue or in this worker."""
    left = rooms[kind_of(model)].left(now=time.monotonic())
    return left >= settings.WORKER_SLOTS * QUEUE_ROOM - few() and workers.waiting() <= few()
