"""How long to wait. Pure rules; `jitter` is a number from 0 to 1 that keeps runs from looking all at once."""

from collections.abc import Sequence

BACKOFF_LONGEST = 60.0


def look_wait(looks: int, *, series: Sequence[float], jitter: float) -> float:
    """Seconds until the next look at MCE after `looks` of them: 2, 4, 8, 16, 30, 30 ..., a tenth more or less."""
    return spread(series[min(looks, len(series) - 1)], jitter)


def backoff(attempts: int, *, first: float, jitter: float, longest: float = BACKOFF_LONGEST) -> float:
    """Seconds until the next try after `attempts` failed ones: doubling from `first` to `longest`, a minute."""
    return spread(min(longest, first * 2 ** min(attempts, 10)), jitter)


def spread(seconds: float, jitter: float) -> float:
    return seconds * (0.9 + 0.2 * jitter)
