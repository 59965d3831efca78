"""How much is measured: all of it, or just enough to see that the measuring works."""

from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Scale:
    smoke: bool = False

    def of(self, whole: T, smoke: T) -> T:
        return smoke if self.smoke else whole
