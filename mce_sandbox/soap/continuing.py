"""Retrieves that did not fit into one batch, waiting for their ContinueRequest."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

KEEP, KEEP_OBJECTS = 2_000, 1_000_000


class Found(NamedTuple):
    """An object that a retrieve found, and what writes it."""

    write: Callable[[Any], str]
    thing: Any


@dataclass(frozen=True, slots=True)
class Rest:
    """What is still to be sent, and how many go into a batch."""

    mid: int
    found: Sequence[Found]
    batch_size: int

    def batch(self) -> tuple[list[str], "Rest | None"]:
        """The next batch, written, and what is left after it."""
        now, later = self.found[: self.batch_size], self.found[self.batch_size :]
        rest = Rest(self.mid, later, self.batch_size) if later else None
        return [write(thing) for write, thing in now], rest


class Continuations:
    """The newest of them, as far as memory goes: clients do not come back for all."""

    def __init__(self) -> None:
        self._rests: OrderedDict[str, Rest] = OrderedDict()
        self._objects = 0

    def keep(self, request_id: str, rest: Rest) -> None:
        self._rests[request_id] = rest
        self._objects += len(rest.found)
        while len(self._rests) > 1 and (len(self._rests) > KEEP or self._objects > KEEP_OBJECTS):
            self._objects -= len(self._rests.popitem(last=False)[1].found)

    def take(self, request_id: str, mid: int) -> Rest | None:
        """The rest of this account's retrieve; it is given out once."""
        rest = self._rests.get(request_id)
        if rest is None or rest.mid != mid:
            return None
        self._objects -= len(rest.found)
        return self._rests.pop(request_id)
