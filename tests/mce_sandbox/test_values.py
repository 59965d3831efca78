"""Values of rows: what a field makes of a text, and what it does not take."""

from datetime import datetime
from decimal import Decimal

import pytest

from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.values import BadValue, Value, convert, told


def field(kind: str, length: int | None = None, scale: int | None = None) -> Field:
    return Field("", "x", kind, length, scale)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (field("Text", 5), " Zoë ", " Zoë "),
        (field("Text", 5), "", ""),
        (field("Number"), " 42 ", 42),
        (field("Number"), "", None),
        (field("Number"), 7, 7),
        (field("Decimal", 5, 2), "1.005", Decimal("1.01")),
        (field("Decimal", 5, 2), "-999.99", Decimal("-999.99")),
        (field("Decimal", 5, 2), "+1e2", Decimal(100)),
        (field("Number"), "+7", 7),
        (field("Boolean"), "True", True),
        (field("Boolean"), "0", False),
        (field("Date"), "2026-01-05T10:00:00", datetime(2026, 1, 5, 10)),  # noqa: DTZ001 - system time
        (field("Date"), "1/5/2026 10:00:00 AM", datetime(2026, 1, 5, 10)),  # noqa: DTZ001 - system time
        (field("EmailAddress", 254), "a@b.example", "a@b.example"),
        (field("EmailAddress", 254), "", None),
        (field("Text", 5), None, None),
    ],
)
def test_a_field_keeps_a_value_of_its_type(kind: Field, given: object, kept: Value) -> None:
    assert convert(kind, given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (field("Text", 3), "Zoës"),
        (field("Number"), "4.5"),
        (field("Number"), "1_000"),
        (field("Number"), "١٢"),
        (field("Decimal", 9, 2), "1_000.5"),
        (field("Date"), "9999-12-31T23:59:59-01:00"),
        (field("Date"), "0001-01-01T00:00:00Z"),
        (field("Number"), str(2**31)),
        (field("Decimal", 5, 2), "1000"),
        (field("Decimal", 5, 2), "NaN"),
        (field("Boolean"), "maybe"),
        (field("Date"), "31.12.2026"),
        (field("EmailAddress", 254), "nobody"),
    ],
)
def test_a_field_refuses_what_it_cannot_keep(kind: Field, given: str) -> None:
    with pytest.raises(BadValue):
        convert(kind, given)


def test_values_are_told_as_mce_writes_them() -> None:
    moment = datetime(2005, 6, 13)  # noqa: DTZ001 - system time
    assert [told(value) for value in (None, True, 3, moment)] == ["", "True", "3", "6/13/2005 12:00:00 AM"]
