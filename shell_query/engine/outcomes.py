"""What a step came to. Plain values: engine/record.py writes them, fenced by the claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shell_query.states import Status


@dataclass(frozen=True)
class Onward:
    """The run goes on after `seconds`; 0 means right away, under the same claim."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0


@dataclass(frozen=True)
class Ended:
    """The run has ended. `error_*` only for a failed one; `mce_message` is sealed before it is kept."""

    status: Status
    changes: Mapping[str, Any] = field(default_factory=dict)
    error_code: str = ""
    error_message: str = ""
    mce_message: str = field(default="", repr=False)


Outcome = Onward | Ended
