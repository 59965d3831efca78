"""Throttling by business unit: a bucket that fills by the second."""

import time

from mce_sandbox.control.dials import Dials


class Throttle:
    def __init__(self, dials: Dials) -> None:
        self._dials = dials
        self._buckets: dict[int, tuple[float, float]] = {}

    def allows(self, mid: int) -> bool:
        """Takes one call out of the unit's bucket; False when it is empty."""
        rate = self._dials.calls_per_second
        if not rate:
            return True
        now = time.monotonic()
        level, since = self._buckets.get(mid, (float(rate), now))
        level = min(float(rate), level + (now - since) * rate)
        allowed = level >= 1
        self._buckets[mid] = (level - 1 if allowed else level, now)
        return allowed
