"""What was asked of the sandbox: the last calls, without tokens, secrets or SQL."""

from collections import deque
from dataclasses import asdict, dataclass
from itertools import count, islice
from typing import Any

KEEP = 20_000


@dataclass(slots=True)
class Call:
    """One call. `outcome` is OK, Error or the fault's words; `name` and `key` are the first object's.

    `request_id` is the caller's own X-Request-ID, if it sent one; `time` is that of the answer.
    """

    operation: str
    object_type: str = ""
    name: str = ""
    key: str = ""
    mid: int | None = None
    client_id: str = ""
    outcome: str = ""
    http_status: int = 0
    milliseconds: float = 0.0
    time: str = ""
    request_id: str = ""
    number: int = 0


class CallLog:
    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEEP)
        self._numbers = count(1)

    def add(self, call: Call) -> None:
        call.number = next(self._numbers)
        self._calls.append(call)

    def clear(self) -> None:
        self._calls.clear()

    def newest(self, number: int) -> list[Call]:
        """Newest first."""
        return list(islice(reversed(self._calls), number))

    def select(self, *, operation: str = "", object_type: str = "", since: int = 0) -> list[dict[str, Any]]:
        """Oldest first: the calls after number `since`, of one operation and object type if given."""
        return [
            asdict(call)
            for call in self._calls
            if call.number > since
            and operation.lower() in ("", call.operation.lower())
            and object_type.lower() in ("", call.object_type.lower())
        ]
