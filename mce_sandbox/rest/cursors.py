"""Request tokens of rowsets: what `links.next` leads back to."""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import uuid4

KEEP = 5_000


@dataclass(frozen=True, slots=True)
class RowsetRequest:
    mid: int
    object_id: str
    page_size: str
    order_by: str
    filter: str


class RowsetTokens:
    """The last tokens; the oldest are forgotten, as MCE's expire."""

    def __init__(self) -> None:
        self._requests: OrderedDict[str, RowsetRequest] = OrderedDict()

    def add(self, request: RowsetRequest) -> str:
        token = str(uuid4())
        self._requests[token] = request
        if len(self._requests) > KEEP:
            self._requests.popitem(last=False)
        return token

    def find(self, token: str) -> RowsetRequest | None:
        return self._requests.get(token.lower())
