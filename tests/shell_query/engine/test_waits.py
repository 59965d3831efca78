import pytest

from shell_query.engine.waits import backoff, look_wait

SERIES = (2, 4, 8, 16, 30)


@pytest.mark.parametrize(("looks", "seconds"), list(enumerate([2, 4, 8, 16, 30, 30, 30])))
def test_looks_come_further_and_further_apart_up_to_thirty_seconds(looks: int, seconds: float) -> None:
    assert look_wait(looks, series=SERIES, jitter=0.5) == pytest.approx(seconds)


def test_jitter_moves_a_look_by_a_tenth_at_most() -> None:
    assert look_wait(0, series=SERIES, jitter=0) == pytest.approx(1.8)
    assert look_wait(0, series=SERIES, jitter=1) == pytest.approx(2.2)


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (5000, 60)])
def test_backoff_doubles_from_the_first_wait_to_a_minute(attempts: int, seconds: float) -> None:
    assert backoff(attempts, first=5, jitter=0.5) == pytest.approx(seconds)
