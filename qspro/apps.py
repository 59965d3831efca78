from django.apps import AppConfig

from celery_app import app as celery  # every process rings through our Celery app, not through a default one

__all__ = ["QsproConfig", "celery"]


class QsproConfig(AppConfig):
    name = "qspro"
