"""The ASGI application: what uvicorn serves."""

import os

from django import setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
setup(set_prefix=False)

# Only now are there models.
from events.application import WithEvents  # noqa: E402
from qspro.bodies import LimitedBodies  # noqa: E402
from qspro.garbage import spare_what_stays  # noqa: E402
from qspro.handler import OneThreadHandler  # noqa: E402
from shell_query import stream  # noqa: E402

application = LimitedBodies(WithEvents(OneThreadHandler(), resolver=stream, prefix="/api/runs/"))
spare_what_stays()
