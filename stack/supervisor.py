"""Starts services when what they need is ready, keeps them alive, stops them before what they need."""

import time
from collections.abc import Callable, Sequence

from stack.child import Child, Patience, State
from stack.errors import StackError
from stack.journal import Journal
from stack.service import Service
from stack.signals import Signals

# Seconds between two looks at all processes.
BEAT = 0.05


class Supervisor:
    """Runs services in the order of their needs.

    One thread looks at all of them in turn: nothing happens at the same time.
    The `listeners` are called with the names and ids of the running processes, whenever they have changed.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        journal: Journal,
        signals: Signals,
        patience: Patience = Patience(),  # noqa: B008
    ) -> None:
        self._children = [Child(service, journal, patience) for service in services]
        self._signals = signals
        self.listeners: list[Callable[[dict[str, int]], None]] = []
        self._pids: dict[str, int] = {}
        names = [service.name for service in services]
        for service in services:
            if unknown := set(service.after) - set(names):
                raise StackError(f"{service.name} waits for {', '.join(sorted(unknown))}, which is not there.")

    @property
    def pids(self) -> dict[str, int]:
        """The running processes, by name."""
        return dict(self._pids)

    def start(self) -> bool:
        """Start all; True when all are ready, False when a signal came first. Raises GaveUp."""
        return self._go_on(until=lambda: all(child.state is State.READY for child in self._children))

    def watch(self) -> None:
        """Keep all alive until a signal comes. Raises GaveUp."""
        self._go_on(until=lambda: False)

    def stop(self) -> None:
        """Stop all, each after those that need it; a second signal kills what is left."""
        signals_before = self._signals.count
        while True:
            left = [child for child in self._children if child.state is not State.STOPPED]
            needed = {name for child in left for name in child.service.after}
            for child in left:
                if child.state is State.STOPPING:
                    if self._signals.count > signals_before:
                        child.hurry()
                    child.step(may_start=False)
                elif child.service.name not in needed:
                    child.stop()
            self._tell_changes()
            if not left:
                return
            time.sleep(BEAT)

    def _go_on(self, until: Callable[[], bool]) -> bool:
        while not self._signals.count:
            for child in self._children:
                child.step(may_start=self._is_ready(child.service.after))
            self._tell_changes()
            if until():
                return True
            time.sleep(BEAT)
        return False

    def _is_ready(self, names: Sequence[str]) -> bool:
        return all(child.state is State.READY for child in self._children if child.service.name in names)

    def _tell_changes(self) -> None:
        pids = {child.service.name: child.pid for child in self._children if child.pid is not None}
        if pids != self._pids:
            self._pids = pids
            for listener in self.listeners:
                listener(dict(pids))
