"""Request tokens of rowsets: what `links.next` leads back to."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

KEEP = 5_000


@dataclass(frozen=True, slots=True)
class RowsetRequest:
    """What a rowset was asked for. `shuffle` keeps the pages of one request in one order."""

    mid: int
    object_id: str
    page_size: str
    order_by: str
    filter: str
    shuffle: int
    expires_at: datetime


class RowsetTokens:
    """The last tokens. They expire; the oldest are forgotten before that."""

    def __init__(self) -> None:
        self._requests: OrderedDict[str, RowsetRequest] = OrderedDict()

    def add(self, request: RowsetRequest) -> str:
        token = str(uuid4())
        self._requests[token] = request
        if len(self._requests) > KEEP:
            self._requests.popitem(last=False)
        return token

    def find(self, token: str, *, now: datetime) -> RowsetRequest | None:
        request = self._requests.get(token.lower())
        return request if request is not None and now < request.expires_at else None
