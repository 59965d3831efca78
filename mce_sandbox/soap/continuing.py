"""Retrieves that did not fit into one batch, waiting for their ContinueRequest."""

from collections import OrderedDict
from dataclasses import dataclass

KEEP = 2_000


@dataclass(slots=True)
class Rest:
    """What is still to be sent: the written results, and how many go into a batch."""

    mid: int
    object_type: str
    results: list[str]
    batch_size: int


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
