"""The states of a run and the moves between them. docs/run-states.md draws the same table, and a test compares them."""

from enum import StrEnum


class Status(StrEnum):
    """What a client sees."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELED = "canceled"


class Stage(StrEnum):
    """How far a running run has come."""

    VALIDATING = "validating"
    PREPARING = "preparing"
    STARTING = "starting"
    EXECUTING = "executing"
    CONFIRMING = "confirming"


ACTIVE = frozenset({Status.QUEUED, Status.RUNNING})
FINAL = frozenset({Status.READY, Status.FAILED, Status.CANCELED})

MOVES: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.FAILED, Status.CANCELED}),
    Status.RUNNING: frozenset({Status.READY, Status.FAILED, Status.CANCELED}),
    Status.READY: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELED: frozenset(),
}


def sources(target: Status) -> frozenset[Status]:
    """The states from which a run may become `target`."""
    return frozenset(status for status, targets in MOVES.items() if target in targets)
