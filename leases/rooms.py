"""How many more messages a queue should take. More would only grow old there, while the rows keep their order."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from amqp import Channel
from amqp.exceptions import ChannelError
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from leases.pauses import is_paused
from leases.registry import LeasedKind

logger = logging.getLogger(__name__)

# For each slot of a worker so many may wait.
QUEUE_ROOM = 2
askers = ThreadPoolExecutor(1, thread_name_prefix="room")


def room(kind: LeasedKind) -> int:
    """How many more messages the queue should take; 0 while it is paused, or the broker cannot be reached."""
    if is_paused(kind.queue):
        return 0
    try:
        waiting = waiting_in(kind.queue)
    except (OperationalError, OSError) as exc:
        logger.warning("The broker did not say how long %s is: %s", kind.queue, exc)
        return 0
    return max(0, settings.WORKER_SLOTS * QUEUE_ROOM - waiting)


def waiting_in(queue: str) -> int:
    """How many messages wait. Raises OperationalError."""
    with current_app.connection_or_acquire() as broker:
        try:
            channel: Any = broker.default_channel
            with answering_in_time(channel):
                return int(channel.queue_declare(queue, passive=True).message_count)
        except ChannelError:
            return 0  # Redis has no empty queues: one without messages does not exist
        except broker.recoverable_connection_errors as exc:
            # What the broker's own library raises once a connection of the pool breaks.
            raise OperationalError(type(exc).__name__) from exc


@contextmanager
def answering_in_time(channel: Any) -> Iterator[None]:
    """RabbitMQ's library would wait for an answer for ever; Redis' has a timeout of its own (settings)."""
    if not isinstance(channel, Channel):
        yield
        return
    try:
        with channel.connection.transport.having_timeout(settings.REDIS_TIMEOUT_SECONDS):
            yield
    except OSError:
        # What comes too late must not be taken for the next answer.
        channel.connection.collect()
        raise


def few() -> int:
    """So many messages may wait while there are, as good as surely, idle slots."""
    return max(1, settings.WORKER_SLOTS // 5)


class Room:
    """The room of a queue, asked of the broker four times a second at most, for all threads of the process.

    Nobody waits for an answer that is hardly old: what was known serves while a thread of its own asks again.
    """

    KEPT_SECONDS = 0.25
    OLD_SECONDS = 2.0

    def __init__(self, kind: LeasedKind) -> None:
        self.kind = kind
        self.known, self.since = 0, float("-inf")
        self.asking: Future[None] | None = None
        self.lock = threading.Lock()

    def left(self, *, now: float) -> int:
        with self.lock:
            return self.asked(now)

    def take(self, *, now: float) -> bool:
        """Whether there is room for one more, who has it then."""
        with self.lock:
            self.known = self.asked(now) - 1
            return self.known >= 0

    def asked(self, now: float) -> int:
        """Under the lock."""
        if now >= self.since + self.OLD_SECONDS:
            self.known, self.since = room(self.kind), now
        elif now >= self.since + self.KEPT_SECONDS and (self.asking is None or self.asking.done()):
            self.asking = askers.submit(self.ask_again, now)
        return self.known

    def ask_again(self, now: float) -> None:
        try:
            found = room(self.kind)
        except DatabaseError as error:
            # Whoever asks once the answer is old finds out by themselves.
            logger.warning("Whether %s is paused could not be read: %s", self.kind.queue, type(error).__name__)
            return
        finally:
            # Nobody else does in this thread; also where no pool would find out that the server has ended it.
            connection.close()
        with self.lock:
            self.known, self.since = found, now


class Rooms(dict[LeasedKind, Room]):
    def __missing__(self, kind: LeasedKind) -> Room:
        return self.setdefault(kind, Room(kind))


rooms = Rooms()
