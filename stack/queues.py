"""What Flower must know of Celery: the queues. With the service's own app it would load all of Django for that."""

from celery import Celery
from kombu import Queue

RUNS, UPKEEP, TICK = "runs", "upkeep", "tick"

# The broker's address comes from CELERY_BROKER_URL.
app = Celery("qspro", task_default_queue=RUNS, task_queues=[Queue(RUNS), Queue(UPKEEP), Queue(TICK)])
