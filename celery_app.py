"""The Celery app: its queues, and what it says when it is ready.

Messages are doorbells (leases/services.py): acknowledged early, never retried, without results.
"""

import os
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIServer

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_process_shutdown, worker_ready
from django.conf import settings
from prometheus_client import start_http_server

from qspro import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")

app = Celery("qspro")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Django has set logging up; Celery shall not do it again."""


@worker_ready.connect
@beat_init.connect
def say_ready(**kwargs: Any) -> None:
    """Tells whoever started this process that it takes work now (see READY_FILE in .env.example)."""
    if settings.READY_FILE:
        Path(settings.READY_FILE).touch()


@worker_ready.connect
@beat_init.connect
def tell_numbers(**kwargs: Any) -> tuple[WSGIServer, Thread] | None:
    """This process's own counters, where it shares no folder with the API (METRICS_PORT)."""
    return start_http_server(settings.METRICS_PORT) if settings.METRICS_PORT else None


@worker_process_shutdown.connect
def send_last_spans(**kwargs: Any) -> None:
    """A process of a prefork pool ends without Python's own end, at which the others send theirs."""
    tracing.end()
