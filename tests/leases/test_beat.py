"""Beat does not fill a Redis for nobody."""

import pytest
from django_celery_beat.models import PeriodicTask
from redis import Redis

from celery_app import app
from leases import pulses
from leases.beat import MOST_WAITING, Scheduler

GONE = "Whoever takes what beat sends is away: QueueFull"


@pytest.mark.usefixtures("database")
def test_to_a_queue_from_which_nobody_takes_no_more_is_sent_until_somebody_does(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    beat = Scheduler(app=app, lazy=True)
    entry = beat.Entry(PeriodicTask.objects.get(task="leases.tick"), app=app)
    for _ in range(MOST_WAITING + 5):
        beat.apply_entry(entry)
    assert redis.llen("tick") == MOST_WAITING
    redis.ltrim("tick", 10, -1)
    for _ in range(5):
        beat.apply_entry(entry)
    assert redis.llen("tick") == MOST_WAITING - 5
    told = [each.getMessage() for each in caplog.records if each.name == "leases.beat"]
    assert (told[0], len(told)) == (GONE, 2)


@pytest.mark.usefixtures("database")
def test_beat_lives_also_while_nobody_takes_what_it_sends(redis: Redis) -> None:
    redis.rpush("tick", *range(MOST_WAITING))
    beat = Scheduler(app=app, lazy=True)
    entry = beat.Entry(PeriodicTask.objects.get(task="leases.tick"), app=app)
    beat.apply_entry(entry)
    assert list(pulses.latest([pulses.BEAT])) == [pulses.BEAT]
    redis.delete("tick")
    beat.apply_entry(entry)
    assert redis.llen("tick") == 1
