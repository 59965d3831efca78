"""The rules: what must hold after any fault. Pure: facts in, broken rules out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a client asked for."""

    TEMP = "temp"  # into a data extension of its own
    APPEND = "append"  # into somebody's data extension, once and never twice
    BAD = "bad"  # SQL that Marketing Cloud refuses
    CANCEL = "cancel"  # as TEMP, and canceled on the way


@dataclass(frozen=True)
class Stream:
    """What one client was told: the sequence and status of each frame, over all of its connections."""

    frames: tuple[tuple[int, str], ...]

    @property
    def lost(self) -> int:
        """Gaps before the last that came; a stream that never told the end is a rule of its own."""
        seen = {sequence for sequence, _ in self.frames}
        return max(seen, default=0) - len(seen)

    @property
    def doubled(self) -> int:
        return len(self.frames) - len({sequence for sequence, _ in self.frames})


@dataclass(frozen=True)
class RunFacts:
    """A run as it was asked for, as its row says, and as its streams told. `hex` is its id without hyphens."""

    hex: str
    kind: Kind
    marker: str
    status: str
    error_code: str
    sequence: int
    cleaned: bool
    last_trouble: str = ""
    streams: tuple[Stream, ...] = ()

    @property
    def data_extension(self) -> str:
        return f"QPP_{self.hex}"

    @property
    def query(self) -> str:
        return f"QPQ_{self.hex}"


@dataclass(frozen=True)
class MceFacts:
    """What stands in Marketing Cloud afterwards, and what was started there."""

    data_extensions: frozenset[str]
    queries: frozenset[str]
    starts: Mapping[str, Sequence[str]]  # by the query's key: the status of each activity
    lost_performs: frozenset[str]  # keys of queries of which an answer to Perform was lost on the wire
    markers: Mapping[str, Counter[str]]  # by the key of a data extension: how many rows bear which marker


@dataclass(frozen=True)
class Allowed:
    """What a scenario may do beside the ordinary: codes that a good run may fail with, answers lost to a crash."""

    errors: frozenset[str] = frozenset()
    crashes: bool = False


@dataclass(frozen=True)
class Verdict:
    runs: int
    by_status: Counter[str]
    started_twice: int
    assets_left: int
    events_lost: int
    events_doubled: int
    broken: tuple[str, ...] = field(default=())


ROWS = 3
FINAL = frozenset({"ready", "failed", "canceled"})
BAD_SQL = "sql_rejected"


def judge(runs: Sequence[RunFacts], mce: MceFacts, allowed: Allowed, *, submitted: int, rows_made: int) -> Verdict:
    """`submitted` runs were asked for, and the database made `rows_made`."""
    left = left_behind(runs, mce)
    broken = [f"{submitted} runs were submitted and {rows_made} made"] if submitted != rows_made else []
    broken += [f"{asset} was left" for asset in sorted(left)]
    for run in runs:
        found = (*of_state(run, allowed), *of_mce(run, mce, allowed), *of_rows(run, mce), *of_streams(run))
        broken += [f"{run.hex[:8]} ({run.kind}, {run.status} {run.error_code}): {text}" for text in found]
    return Verdict(
        runs=len(runs),
        by_status=Counter(run.status for run in runs),
        started_twice=sum(len(mce.starts.get(run.query, ())) > 1 for run in runs),
        assets_left=len(left),
        events_lost=sum(stream.lost for run in runs for stream in run.streams),
        events_doubled=sum(stream.doubled for run in runs for stream in run.streams),
        broken=tuple(broken),
    )


def left_behind(runs: Sequence[RunFacts], mce: MceFacts) -> frozenset[str]:
    """Nothing stays but the data extensions of ready runs that made one."""
    kept = {run.data_extension for run in runs if run.status == "ready" and run.kind is not Kind.APPEND}
    return (mce.data_extensions - kept) | mce.queries


def of_state(run: RunFacts, allowed: Allowed) -> Iterator[str]:
    if run.status not in FINAL:
        yield "has not ended"
        return
    if not run.cleaned:
        yield "is not cleaned up"
    if run.status == "canceled" and run.kind is not Kind.CANCEL:
        yield "nobody canceled it"
    if run.status == "ready" and run.kind is Kind.BAD:
        yield "its SQL cannot give rows"
    if run.status == "failed":
        expected = allowed.errors | ({BAD_SQL} if run.kind is Kind.BAD else set())
        expected |= {"outcome_unknown"} if run.kind is Kind.APPEND else set()
        # What has written has not simply failed: its rows are there, and cannot be read for a reason that is allowed.
        expected |= {"results_missing"} if run.kind is Kind.APPEND and run.last_trouble in allowed.errors else set()
        if run.error_code not in expected:
            yield "there was no reason to fail so"


def of_mce(run: RunFacts, mce: MceFacts, allowed: Allowed) -> Iterator[str]:
    """The run's state against what Marketing Cloud did."""
    starts = mce.starts.get(run.query, ())
    lost = allowed.crashes or run.query in mce.lost_performs
    if run.status == "ready" and "Complete" not in starts:
        yield "no start of it has completed"
    if run.kind is Kind.BAD and starts:
        yield "bad SQL was started"
    if run.kind is Kind.APPEND and len(starts) > 1:
        yield "an Append was started twice"
    if len(starts) > 2 or (len(starts) == 2 and not lost):
        yield f"started {len(starts)} times without an answer lost"
    if run.error_code == "outcome_unknown" and not lost and run.last_trouble not in allowed.errors:
        yield "no answer was lost, its outcome should be known"
    if run.status == "ready" and run.kind is not Kind.APPEND and run.data_extension not in mce.data_extensions:
        yield "its data extension is not there"


def of_rows(run: RunFacts, mce: MceFacts) -> Iterator[str]:
    """Its own rows where they belong, and nobody else's."""
    if run.kind is Kind.APPEND:
        written = sum(rows[run.marker] for rows in mce.markers.values())
        if written > ROWS or (run.status == "ready" and written != ROWS):
            yield f"wrote {written} rows into the target instead of {ROWS}"
    elif run.status == "ready" and mce.markers.get(run.data_extension) != Counter({run.marker: ROWS}):
        yield f"its rows are {dict(mce.markers.get(run.data_extension, {}))}"


def of_streams(run: RunFacts) -> Iterator[str]:
    for stream in run.streams:
        if stream.lost or stream.doubled:
            yield f"a stream told {[sequence for sequence, _ in stream.frames]}"
        elif [sequence for sequence, _ in stream.frames] != list(range(1, run.sequence + 1)):
            yield f"a stream told {len(stream.frames)} of {run.sequence} events"
        elif stream.frames[-1][1] != run.status:
            yield f"a stream ended with {stream.frames[-1][1]}"
