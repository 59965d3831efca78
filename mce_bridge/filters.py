"""What a SOAP Retrieve asks for, as values: `both(equals("ContentType", "queryactivity"), equals("Name", "x"))`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Simple:
    property: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Both:
    left: "Filter"
    right: "Filter"


Filter = Simple | Both


def equals(name: str, value: str) -> Simple:
    return Simple(name, "equals", (value,))


def within(name: str, values: Sequence[str]) -> Simple:
    """One of `values`. One alone is asked for with equals, which every property that can be filtered knows."""
    return Simple(name, "IN", tuple(values)) if len(values) > 1 else equals(name, values[0])


def containing(name: str, part: str) -> Simple:
    """All of them where `part` is empty."""
    return Simple(name, "like", (f"%{part}%",))


def both(left: Filter, right: Filter) -> Both:
    return Both(left, right)
