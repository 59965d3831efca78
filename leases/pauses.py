"""Queues that operators have paused: nothing new is rung for in them (docs/decisions/0019)."""

from django.db import IntegrityError, transaction

from leases.models import PausedQueue


def pause(queue: str, *, by: str) -> bool:
    """What was rung for already is still done. True if it was not paused before."""
    try:
        with transaction.atomic():
            PausedQueue.objects.create(queue=queue, by=by)
    except IntegrityError:
        return False
    return True


def resume(queue: str) -> bool:
    """The next tick goes on where it stopped, in the order of the alarms. True if it was paused."""
    return bool(PausedQueue.objects.filter(queue=queue).delete()[0])


def is_paused(queue: str) -> bool:
    return PausedQueue.objects.filter(queue=queue).exists()
