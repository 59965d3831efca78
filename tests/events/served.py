"""The application that the tests serve: uvicorn --factory tests.events.served:make_application."""

import os

from django import setup
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
setup()

from events.application import WithEvents  # noqa: E402
from tests.events.things import PREFIX, ThingResolver  # noqa: E402


def make_application() -> WithEvents:
    return WithEvents(get_asgi_application(), resolver=ThingResolver(), prefix=PREFIX)
