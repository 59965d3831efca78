"""The ASGI application: what uvicorn serves."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
django = get_asgi_application()

# Only now are there models.
from events.application import WithEvents  # noqa: E402
from qspro.bodies import LimitedBodies  # noqa: E402
from qspro.garbage import spare_what_stays  # noqa: E402
from shell_query import stream  # noqa: E402

application = LimitedBodies(WithEvents(django, resolver=stream, prefix="/api/runs/"))
spare_what_stays()
