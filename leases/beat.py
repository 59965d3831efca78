"""Beat: Celery's own, which also says that it lives, and loses Redis in one line instead of a traceback a second."""

import logging
from typing import Any

from celery.beat import SchedulingError
from django_celery_beat.schedulers import DatabaseScheduler
from kombu.exceptions import OperationalError

from leases import pulses
from leases.rooms import waiting_in
from qspro.metrics import beat_sent
from qspro.outages import Outage

logger = logging.getLogger(__name__)
outage = Outage(logger, "The broker of beat")
takers = Outage(logger, "Whoever takes what beat sends")
# Nothing else would bound a queue from which nobody takes: Redis keeps what has expired until it is taken.
MOST_WAITING = 1_000


class QueueFull(Exception):
    """So many messages wait that another one is of no use to anybody."""


class Scheduler(DatabaseScheduler):  # type: ignore[misc]
    def tick(self, *args: Any, **kwargs: Any) -> Any:
        pulses.touch()
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """What was not sent is not made up for: the next one is due in a second, and finds the same rows."""
        try:
            self.send(entry, producer)
        except QueueFull as full:
            beat_sent(task=entry.task, outcome="queue_full")
            takers.seen(full)
        except SchedulingError as error:
            return self.tell(entry, error.__context__ or error)
        except OperationalError as error:
            return self.tell(entry, error)
        else:
            beat_sent(task=entry.task, outcome="ok")
            takers.over()
        outage.over()
        return pulses.give([pulses.BEAT])

    def send(self, entry: Any, producer: Any) -> None:
        """Raises QueueFull, SchedulingError, OperationalError."""
        if waiting_in(entry.options.get("queue") or self.app.conf.task_default_queue) >= MOST_WAITING:
            raise QueueFull
        self.apply_async(entry, producer=producer, advance=False)

    def tell(self, entry: Any, cause: BaseException) -> None:
        """One entry that cannot be sent does not end the others."""
        if isinstance(cause, OperationalError | OSError):
            beat_sent(task=entry.task, outcome="broker_away")
            outage.seen(cause)
        else:
            beat_sent(task=entry.task, outcome="failed")
            logger.error("Beat could not send %s.", entry.name, exc_info=cause)
