"""Values as MCE's rowsets write them (docs/mce-facts.md 4)."""

import pytest

from shell_query.values import Value, typed


@pytest.mark.parametrize(
    ("text", "column_type", "value"),
    [
        ("42", "Number", 42),
        ("-7", "Number", -7),
        ("9007199254740992", "Number", 9007199254740992),
        ("9007199254740993", "Number", "9007199254740993"),
        ("12.50", "Decimal", 12.5),
        ("0.1", "Decimal", 0.1),
        ("12.00", "Decimal", 12.0),
        ("12", "Decimal", 12),
        ("-12", "Decimal", -12),
        ("12345678901234567890123456789", "Decimal", "12345678901234567890123456789"),
        ("1234567890123456789.12", "Decimal", "1234567890123456789.12"),
        ("True", "Boolean", True),
        ("false", "Boolean", False),
        ("6/13/2005 12:00:00 AM", "Date", "2005-06-13T00:00:00"),
        ("6/13/2005 12:30:00 PM", "Date", "2005-06-13T12:30:00"),
        ("12/1/2005 1:05:09 PM", "Date", "2005-12-01T13:05:09"),
        ("7", "Text", "7"),
        ("a@b.example", "EmailAddress", "a@b.example"),
    ],
)
def test_a_value_is_read_by_its_columns_type(text: str, column_type: str, value: Value) -> None:
    found = typed(text, column_type)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("column_type", ["Number", "Decimal", "Boolean", "Date"])
def test_an_empty_value_is_null(column_type: str) -> None:
    assert typed("", column_type) is None


@pytest.mark.parametrize("column_type", ["Text", "EmailAddress", "Phone", "Locale"])
def test_an_empty_text_stays_an_empty_text(column_type: str) -> None:
    assert typed("", column_type) == ""


@pytest.mark.parametrize(
    ("text", "column_type"),
    [("many", "Number"), ("NaN", "Decimal"), ("yes", "Boolean"), ("13.6.2005", "Date"), ("x", "Unheard")],
)
def test_a_value_that_does_not_fit_its_type_is_given_as_it_came(text: str, column_type: str) -> None:
    assert typed(text, column_type) == text
