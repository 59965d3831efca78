"""The dials: how slow, how late and how untruthful the sandbox is. All off, or ordinary, by default."""

import math
from dataclasses import asdict, dataclass
from typing import Any

# What a dial of words can say.
CHOICES = {"rejection_shape": ("message", "errors", "validationErrors")}


@dataclass
class Dials:
    """One value a dial; PATCH /control/dials sets them, times in the unit their name ends with."""

    # Every call waits this long, plus up to the jitter.
    latency_ms: int = 0
    jitter_ms: int = 0
    # From Perform until the rows are written; the first part of it is spent Queued.
    query_ms: int = 1500
    queued_ms: int = 300
    # By size: as many rows of the tables read take a second more; 0 is no matter how many.
    query_rows_per_second: int = 0
    # Longer than this a query does not work on its rows; MCE ends them after half an hour.
    query_limit_seconds: float = 1800.0
    # So many rows are written already when a query breaks off; 0 is none, and the target stays as it was.
    rows_before_failure: int = 0
    # Life of an access token, of a code of the sign-in page, and of a rowset's request token.
    token_seconds: int = 1079
    code_seconds: int = 60
    rowset_token_seconds: int = 1800
    # From an asynchronous order to write rows until they are written.
    rows_ms: int = 200
    # Calls a second and business unit before "Rate Limited" and 429; 0 is no limit.
    calls_per_second: int = 0
    # MCE's lies [LIVE]: always Queued with a CompletedDate before the start; not running right after the start;
    # rows not readable yet when the query has finished; another row order at each read without $orderBy.
    status_stuck: bool = False
    isrunning_false_seconds: float = 0.0
    rowset_delay_seconds: float = 0.0
    rowset_shuffled: bool = False
    # Which of MCE's three bodies tells over REST that a query was rejected.
    rejection_shape: str = "message"
    # Accounts that may not set retention.
    retention_refused: bool = False
    # Finished queries wait for POST /control/release.
    hold: bool = False

    def change(self, values: dict[str, Any]) -> None:
        """Sets the dials named; ValueError for an unknown name or a value of another type."""
        known = {name: type(value) for name, value in asdict(Dials()).items()}
        changed: dict[str, Any] = {}
        for name, value in values.items():
            wanted = known.get(name)
            if wanted is None:
                raise ValueError(f"There is no dial {name!r}.")
            given = float(value) if wanted is float and type(value) is int else value
            if type(given) is not wanted or (wanted in (int, float) and not 0 <= given < math.inf):
                raise ValueError(f"{name} wants {wanted.__name__}, not {value!r}.")
            if name in CHOICES and given not in CHOICES[name]:
                raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}.")
            changed[name] = given
        for name, value in changed.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
