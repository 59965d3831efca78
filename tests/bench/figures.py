"""What a benchmark tells: figures with units, each of several rounds, beside a yardstick measured in the same run."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Yardstick:
    """What a figure is compared with, measured beside it in the same unit."""

    name: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


@dataclass(frozen=True)
class Figure:
    """One number: the median of its rounds. `goal` is what the project wants of it, in words."""

    name: str
    unit: str
    rounds: tuple[float, ...]
    yardstick: Yardstick | None = None
    goal: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "median": self.median}

    def row(self) -> str:
        """A line of the table, in Markdown."""
        beside = ""
        if self.yardstick:
            beside = f"{self.yardstick.name}: {short(self.yardstick.median)}"
            if self.yardstick.median:
                beside += f" ({self.median / self.yardstick.median:.2f}x)"
        return f"| {self.name} | {short(self.median)} {self.unit} | {spread(self.rounds)} | {beside} | {self.goal} |"


HEAD = "| what | median | lowest to highest | beside | to reach |\n|---|---|---|---|---|"


def spread(rounds: Sequence[float]) -> str:
    return f"{short(min(rounds))} to {short(max(rounds))}, {len(rounds)} rounds" if len(rounds) > 1 else "once"


def short(number: float) -> str:
    """Three digits that count, and no more zeros than needed."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def at(part: float, values: Iterable[float]) -> float:
    """The value below which `part` (0 to 1) of the values lie: 0.99 gives the p99."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
