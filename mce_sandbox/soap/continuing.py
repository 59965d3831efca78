"""Retrieves that did not fit into one batch, waiting for their ContinueRequest."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

KEEP = 2_000


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
    def __init__(self) -> None:
        self._rests: OrderedDict[str, Rest] = OrderedDict()

    def keep(self, request_id: str, rest: Rest) -> None:
        self._rests[request_id] = rest
        if len(self._rests) > KEEP:
            self._rests.popitem(last=False)

    def take(self, request_id: str, mid: int) -> Rest | None:
        """The rest of this account's retrieve; it is given out once."""
        rest = self._rests.get(request_id)
        if rest is None or rest.mid != mid:
            return None
        return self._rests.pop(request_id)
