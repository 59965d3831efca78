"""Something that we need is away: one line when it goes, one when it is back, and none in between."""

import logging
import time
from threading import Lock

from billiard.exceptions import RestartFreqExceeded
from django.db.utils import InterfaceError
from django.db.utils import OperationalError as DatabaseAway
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisSilent

# Of a Redis that is there and takes no writes: Celery tries again several times a second, and says so each time.
REFUSED = (ReadOnlyError, OutOfMemoryError, RestartFreqExceeded)
LOST = (DatabaseAway, InterfaceError, BrokerAway, RedisAway, RedisSilent, OSError, *REFUSED)
# What Celery logs with a traceback, again and again, for as long as it cannot reach its broker or its tables.
NOISY = ("celery.", "django_celery_beat", "kombu")
QUIET_SECONDS = 60.0


class Outage:
    """Of one thing, as one process sees it."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self.logger = logger
        self.what = what
        self._lock = Lock()
        self._since: float | None = None

    def seen(self, error: Exception) -> None:
        """The class of the error alone: its words name addresses."""
        with self._lock:
            if self._since is not None:
                return
            self._since = time.monotonic()
        self.logger.warning("%s is away: %s", self.what, type(error).__name__)

    def over(self) -> None:
        with self._lock:
            if self._since is None:
                return
            seconds, self._since = time.monotonic() - self._since, None
        self.logger.warning("%s is back after %d s.", self.what, seconds)


class OneLineEach(logging.Filter):
    """Makes one line of a lost connection where Celery writes a traceback, and that once a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._told_at: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else refusal_in(record.args)
        if not record.name.startswith(NOISY) or not isinstance(error, LOST):
            return True
        record.exc_info = record.exc_text = None
        what = (
            str(record.msg)
            .removeprefix("consumer: ")
            .partition("\n")[0]
            .partition(":")[0]
            .partition("%")[0]
            .strip(" .")
        )
        now, kind = time.monotonic(), (record.name, what)
        if now - self._told_at.get(kind, float("-inf")) < QUIET_SECONDS:
            return False
        self._told_at[kind] = now
        record.msg, record.args = f"{what}: %s", (type(error).__name__,)
        return True


def refusal_in(arguments: object) -> BaseException | None:
    """Of a line without a traceback, what it speaks of."""
    told = arguments if isinstance(arguments, tuple) else ()
    return next((each for each in told if isinstance(each, REFUSED)), None)
