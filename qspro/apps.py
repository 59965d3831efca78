import logging

from django.apps import AppConfig

from celery_app import app as celery  # every process rings through our Celery app, not through a default one
from qspro import checks, tracing  # checks registers them

__all__ = ["QsproConfig", "celery", "checks"]


class QsproConfig(AppConfig):
    name = "qspro"

    def ready(self) -> None:
        # Python would write them to stderr in a form of its own.
        logging.captureWarnings(True)
        tracing.begin()
