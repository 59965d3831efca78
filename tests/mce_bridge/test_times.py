"""MCE's times, which carry no offset and mean UTC-6."""

from datetime import UTC, datetime

import pytest

from mce_bridge.times import read_property_time, read_soap_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-07-22T11:52:19.6", datetime(2016, 7, 22, 17, 52, 19, 600000, tzinfo=UTC)),
        ("2026-01-05T04:00:00", datetime(2026, 1, 5, 10, 0, tzinfo=UTC)),
        ("2026-01-05T04:00:00.1234567", datetime(2026, 1, 5, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-01-05T04:00:00.5Z", datetime(2026, 1, 5, 4, 0, 0, 500000, tzinfo=UTC)),
        ("2026-01-05T04:00:00.5+02:00", datetime(2026, 1, 5, 2, 0, 0, 500000, tzinfo=UTC)),
        ("0001-01-01T00:00:00", datetime(1, 1, 1, 6, tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_soap_times(text: str | None, expected: datetime | None) -> None:
    assert read_soap_time(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/5/2026 4:00:04 AM", datetime(2026, 1, 5, 10, 0, 4, tzinfo=UTC)),
        ("12/31/2026 11:30:00 PM", datetime(2027, 1, 1, 5, 30, tzinfo=UTC)),
        ("2026-01-05T04:00:00", datetime(2026, 1, 5, 10, 0, tzinfo=UTC)),
        ("12/31/9999 11:59:59 PM", None),
        ("soon", None),
        (None, None),
    ],
)
def test_property_times(text: str | None, expected: datetime | None) -> None:
    assert read_property_time(text) == expected
