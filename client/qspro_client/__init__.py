"""A client of QS Pro's HTTP API: `Client` is the way in, what it gives is typed, what it raises a QsproError."""

from qspro_client.client import Client
from qspro_client.errors import ApiError, QsproError, RunNotReady, Unreachable, WrongUsage
from qspro_client.models import Column, Event, Page, Run, Status, Target, Timings, UpdateType, Violation

__all__ = [
    "ApiError",
    "Client",
    "Column",
    "Event",
    "Page",
    "QsproError",
    "Run",
    "RunNotReady",
    "Status",
    "Target",
    "Timings",
    "Unreachable",
    "UpdateType",
    "Violation",
    "WrongUsage",
]
