"""The tick, each second, on a queue of its own; and what a worker does before its first message."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_init
from django.db import DatabaseError, connections

from leases import inspection, services, workers

logger = logging.getLogger(__name__)

__all__ = ["begin_under_its_name", "inspection", "tick"]


@shared_task(name="leases.tick", soft_time_limit=20, time_limit=30)
def tick() -> int:
    return services.tick()


@worker_init.connect
def begin_under_its_name(sender: Any, **kwargs: Any) -> None:
    """What still stands under this name was begun by an earlier process, which is no more."""
    workers.take_name(str(sender.hostname))
    try:
        services.leave_steps_of(workers.name())
    except DatabaseError as error:
        # They come back all the same once their leases end.
        logger.warning("The steps of an earlier %s could not be left: %s", workers.name(), type(error).__name__)
    finally:
        # A pool of processes is forked from this one.
        connections.close_all()
