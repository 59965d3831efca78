"""How long something may take in all."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """A moment on this process's monotonic clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left; 0 or less when it has passed."""
        return self.at - time.monotonic()

    def limit(self, seconds: float) -> float:
        """`seconds`, or what is left if that is less. Raises TimeoutError when nothing is left."""
        left = self.remaining()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return min(seconds, left)
