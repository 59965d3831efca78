"""The application that the tests serve: uvicorn --factory tests.events.served:make_application."""

import os

from django import setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
setup()

from events.application import WithEvents  # noqa: E402
from qspro.handler import OneThreadHandler  # noqa: E402
from tests.events.things import PREFIX, ThingResolver  # noqa: E402


def make_application() -> WithEvents:
    return WithEvents(OneThreadHandler(), resolver=ThingResolver(), prefix=PREFIX)
