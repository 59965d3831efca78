"""What follows a commit: after it, at once where there is no transaction, and never in its way."""

import pytest
from django.db import transaction

from qspro.committed import once_committed

pytestmark = pytest.mark.usefixtures("database")


def test_without_a_transaction_it_is_done_at_once() -> None:
    done: list[str] = []
    once_committed(lambda: done.append("it"))
    assert done == ["it"]


def test_within_one_it_is_done_once_that_has_committed() -> None:
    done: list[str] = []
    with transaction.atomic():
        once_committed(lambda: done.append("it"))
        assert done == []
    assert done == ["it"]


def divide() -> float:
    return 1 / 0


def in_vain(done: list[str]) -> None:
    once_committed(lambda: done.append("it"))
    divide()


def test_what_is_taken_back_is_followed_by_nothing() -> None:
    done: list[str] = []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        in_vain(done)
    assert done == []


def test_its_error_is_logged_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    once_committed(divide)
    with transaction.atomic():
        once_committed(divide)
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
