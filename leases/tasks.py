"""The tick, each second, on a queue of its own; what a worker does before its first message, and its signs of life."""

import logging
from typing import Any

from celery import current_app, shared_task
from celery.signals import heartbeat_sent, worker_init, worker_ready
from django.db import DatabaseError, connections

from leases import inspection, pulses, ringing, services, workers

logger = logging.getLogger(__name__)

__all__ = ["begin_under_its_name", "inspection", "show_life", "tell_pool", "tick"]


@shared_task(name="leases.tick", soft_time_limit=20, time_limit=30)
def tick() -> int:
    return ringing.tick()


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


@worker_ready.connect
def tell_pool(sender: Any, **kwargs: Any) -> None:
    workers.take_pool(sender.pool)


@heartbeat_sent.connect
def show_life(**kwargs: Any) -> None:
    """Sent every two seconds, and only while the worker has its broker: for each queue that it takes messages from."""
    pulses.touch()
    pulses.give(pulses.of_queue(name) for name in current_app.amqp.queues.consume_from)
