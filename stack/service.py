"""What the supervisor must know about a process."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass


def nothing() -> None:
    """Prepares nothing."""


def running(_pid: int) -> bool:
    """Ready as soon as it runs."""
    return True


@dataclass(frozen=True, kw_only=True)
class Service:
    """A process of the stack, started by its command line with exactly the environment given."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    after: tuple[str, ...] = ()
    """Started when these are ready, stopped before them."""
    once: bool = False
    """Runs to its end, and is ready when it ended well."""
    ready: Callable[[int], bool] = running
    """Whether the process with this id can do its work; asked until it can."""
    prepare: Callable[[], None] = nothing
    """Called before each start."""
    patience: float = 60
    """Seconds to become ready."""
    grace: float = 10
    """Seconds from the stop signal to SIGKILL."""
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    """What the process gets when the supervisor is no more."""
    user: str | None = None
    """Runs as this user; None is who runs the stack."""
