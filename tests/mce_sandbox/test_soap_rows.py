"""DataExtensionObject: rows over SOAP, made, found, changed, deleted, refused."""

from typing import Any

import pytest

from tests.mce_sandbox.client import PARTNER, Answer, Mce, both, equals, simple

FIELDS = "Id Number key, Word Text(5), Amount Decimal(5,2), Day Date, Flag Boolean, Mail EmailAddress"


@pytest.fixture
def key(mce: Mce) -> str:
    rows: list[list[Any]] = [
        [1, "one", "1.50", "2026-01-05 10:00:00", True, "a@b.example"],
        [2, "Two", "-2.00", None, False, None],
        [3, None, None, "2026-02-05 23:30:00", None, None],
    ]
    return mce.seed(FIELDS, rows)[1]


def pairs(holder: str, name: str, values: dict[str, str | None]) -> str:
    inside = "".join(
        f"<{name}><Name>{each}</Name>{'' if value is None else f'<Value>{value}</Value>'}</{name}>"
        for each, value in values.items()
    )
    return f"<{holder}>{inside}</{holder}>"


def row(key: str, values: dict[str, str | None] | None = None, keys: dict[str, str | None] | None = None) -> str:
    properties = pairs("Properties", "Property", values) if values else ""
    return f"<CustomerKey>{key}</CustomerKey>{properties}{pairs('Keys', 'Key', keys) if keys else ''}"


def rows(answer: Answer) -> list[dict[str | None, str | None]]:
    return [
        {each.findtext("Name"): each.findtext("Value") for each in result.findall("Properties/Property")}
        for result in answer.all("Results")
    ]


def there(mce: Mce, key: str, properties: str = "Id Word", filter_: str = "") -> list[dict[str | None, str | None]]:
    answer = mce.retrieve(f"DataExtensionObject[{key}]", properties, filter_)
    assert answer.value("OverallStatus") == "OK"
    return rows(answer)


def test_values_are_told_as_texts_and_a_null_has_none(mce: Mce, key: str) -> None:
    found = there(mce, key, "Id Word Amount Day Flag")
    assert found[0] == {"Id": "1", "Word": "one", "Amount": "1.50", "Day": "1/5/2026 10:00:00 AM", "Flag": "True"}
    assert found[2] == {"Id": "3", "Word": None, "Amount": None, "Day": "2/5/2026 11:30:00 PM", "Flag": None}


def test_a_result_has_its_type_and_nil_ids(mce: Mce, key: str) -> None:
    answer = mce.retrieve(f"DataExtensionObject[{key}]", "Id", equals("Id", "1"))
    assert (
        '<Results xsi:type="DataExtensionObject"><PartnerKey xsi:nil="true" /><ObjectID xsi:nil="true" />'
        "<Type>DataExtensionObject</Type><Properties><Property><Name>Id</Name><Value>1</Value></Property></Properties>"
        "</Results>"
    ) in answer.text


def test_rows_are_found_by_the_data_extensions_name_too(mce: Mce) -> None:
    name, _ = mce.seed("Id Number", [[7]])
    assert there(mce, name, "Id") == [{"Id": "7"}]


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        (equals("Word", "ONE"), ["1"]),
        (simple("Word", "notEquals", "one"), ["2"]),
        (simple("Id", "IN", "1", "3", "x"), ["1", "3"]),
        (simple("Id", "between", "2", "9"), ["2", "3"]),
        (simple("Amount", "greaterThan", "-3"), ["1", "2"]),
        (simple("Amount", "lessThanOrEqual", "-2"), ["2"]),
        (simple("Day", "greaterThanOrEqual", "2026-01-05T10:00:00"), ["1", "3"]),
        (simple("Day", "lessThan", "1/6/2026"), ["1"]),
        (simple("Word", "isNull"), ["3"]),
        (simple("Word", "isNotNull"), ["1", "2"]),
        (equals("Flag", "false"), ["2"]),
        (both(equals("Id", "1", "LeftOperand"), equals("Id", "2", "RightOperand"), "OR"), ["1", "2"]),
        (both(equals("Id", "1", "LeftOperand"), equals("Id", "2", "RightOperand")), []),
    ],
)
def test_filters(mce: Mce, key: str, filter_: str, ids: list[str]) -> None:
    assert [each["Id"] for each in there(mce, key, "Id", filter_)] == ids


def test_the_wildcard_gives_no_rows_and_no_error(mce: Mce, key: str) -> None:
    assert there(mce, key, "*") == []


@pytest.mark.parametrize(
    ("object_type", "properties", "filter_", "status"),
    [
        (
            "DataExtensionObject[{key}]", "Id Nope", "",
            "Error: The Request Property(s) Nope do not match with the fields of DataExtensionObject retrieve",
        ),
        (
            "DataExtensionObject[{key}]", "Id", simple("Word", "like", "%o%"),
            "Error: The like operator is not supported for DataExtensionObject.",
        ),
        (
            "DataExtensionObject[no-such-key]", "Id", "",
            "Error: Unable to find a handler for object type: DataExtensionObject[no-such-key]. Object types are "
            "case-sensitive, check spelling.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_retrieved(
    mce: Mce, key: str, object_type: str, properties: str, filter_: str, status: str
) -> None:
    answer = mce.retrieve(object_type.format(key=key), properties, filter_)
    assert answer.value("OverallStatus") == status


def test_a_new_row_is_echoed(mce: Mce, key: str) -> None:
    made = mce.create("DataExtensionObject", row(key, {"Id": "4", "Word": "vier", "Amount": None}))
    assert made.value("Results/StatusMessage") == "Created DataExtensionObject"
    assert '<Results xsi:type="DataExtensionCreateResult">' in made.text
    assert [child.tag for child in made.all("Results/Object")[0]] == [
        "PartnerKey", "ObjectID", "CustomerKey", "Properties",
    ]  # fmt: skip
    assert there(mce, key, "Id Word Amount", equals("Id", "4")) == [{"Id": "4", "Word": "vier", "Amount": None}]


def test_defaults_fill_what_a_new_row_leaves_out(mce: Mce) -> None:
    name = mce.seed("Id Number")[0] + " with defaults"
    field = "<Field><Name>{}</Name><FieldType>{}</FieldType>{}</Field>"
    fields = (
        field.format("Id", "Number", "")
        + field.format("Word", "Text", "<DefaultValue>new</DefaultValue>")
        + field.format("Day", "Date", "<DefaultValue>GetDate()</DefaultValue>")
    )
    mce.create("DataExtension", f"<Name>{name}</Name><CustomerKey>{name}</CustomerKey><Fields>{fields}</Fields>")
    mce.create("DataExtensionObject", row(name, {"Id": "1"}))
    [found] = there(mce, name, "Word Day")
    assert found["Word"] == "new"
    assert found["Day"]


@pytest.mark.parametrize(
    ("values", "holder"),
    [
        ({"Id": "1"}, "KeyErrors/KeyError"),
        ({"Word": "x"}, "KeyErrors/KeyError"),
        ({"Id": "x"}, "KeyErrors/KeyError"),
        ({"Id": "9", "Word": "too long"}, "ValueErrors/ValueError"),
        ({"Id": "9", "Amount": "much"}, "ValueErrors/ValueError"),
        ({"Id": "9", "Mail": "nobody"}, "ValueErrors/ValueError"),
        ({"Id": "9", "Nope": "x"}, "ValueErrors/ValueError"),
    ],
)
def test_a_row_that_is_not_taken_says_which_column_is_wrong(
    mce: Mce, key: str, values: dict[str, str | None], holder: str
) -> None:
    answer = mce.create("DataExtensionObject", row(key, values))
    assert (answer.value("OverallStatus"), answer.value("Results/StatusCode")) == ("Error", "Error")
    assert answer.value(f"Results/{holder}/ErrorMessage") == answer.value("Results/ErrorMessage")
    assert len(there(mce, key)) == 3


def test_a_row_is_changed_by_its_primary_key_or_by_keys(mce: Mce, key: str) -> None:
    changed = mce.update("DataExtensionObject", row(key, {"Id": "1", "Word": "eins"}))
    assert changed.value("Results/StatusMessage") == "Updated DataExtensionObject"
    assert '<Results xsi:type="DataExtensionUpdateResult">' in changed.text
    mce.update("DataExtensionObject", row(key, {"Amount": "9"}, {"Word": "two"}))
    assert there(mce, key, "Word Amount", simple("Id", "lessThan", "3")) == [
        {"Word": "eins", "Amount": "1.50"},
        {"Word": "Two", "Amount": "9.00"},
    ]
    missing = mce.update("DataExtensionObject", row(key, {"Id": "77", "Word": "x"}))
    assert missing.value("Results/StatusCode") == "Error"


@pytest.mark.parametrize("operation", ["Create", "Update"])
def test_update_add_makes_the_row_or_changes_it(mce: Mce, key: str, operation: str) -> None:
    options = (
        "<Options><SaveOptions><SaveOption><PropertyName>*</PropertyName><SaveAction>UpdateAdd</SaveAction>"
        "</SaveOption></SaveOptions></Options>"
    )
    for word in ("new", "newer"):
        objects = f'<Objects xsi:type="DataExtensionObject">{row(key, {"Id": "5", "Word": word})}</Objects>'
        answer = mce.soap(f'<{operation}Request xmlns="{PARTNER}">{options}{objects}</{operation}Request>')
        assert answer.value("OverallStatus") == "OK"
    assert there(mce, key, "Word", equals("Id", "5")) == [{"Word": "newer"}]


def test_rows_are_deleted_by_keys(mce: Mce, key: str) -> None:
    deleted = mce.delete("DataExtensionObject", row(key, keys={"Id": "2"}))
    assert deleted.value("Results/StatusMessage") == "Deleted DataExtensionObject"
    assert deleted.all("Results/Object") == []
    assert [each["Id"] for each in there(mce, key)] == ["1", "3"]
    assert mce.delete("DataExtensionObject", row(key, keys={"Id": "2"})).value("OverallStatus") == "Error"
    assert mce.delete("DataExtensionObject", row(key)).value("OverallStatus") == "Error"
    assert [each["Id"] for each in there(mce, key)] == ["1", "3"]


def test_rows_of_another_account_are_not_there(key: str, globex: Mce) -> None:
    assert globex.create("DataExtensionObject", row(key, {"Id": "9"})).value("Results/ErrorCode") == "310002"
    assert str(globex.retrieve(f"DataExtensionObject[{key}]", "Id").value("OverallStatus")).startswith("Error: Unable")


def test_a_batch_is_as_large_as_asked_for(mce: Mce, key: str) -> None:
    first = mce.soap(
        f'<RetrieveRequestMsg xmlns="{PARTNER}"><RetrieveRequest><ObjectType>DataExtensionObject[{key}]</ObjectType>'
        "<Properties>Id</Properties><Options><BatchSize>2</BatchSize></Options></RetrieveRequest></RetrieveRequestMsg>"
    )
    assert (first.value("OverallStatus"), rows(first)) == ("MoreDataAvailable", [{"Id": "1"}, {"Id": "2"}])
    more = f"<ContinueRequest>{first.value('RequestID')}</ContinueRequest>"
    second = mce.retrieve("", "", more=more)
    assert (second.value("OverallStatus"), rows(second)) == ("OK", [{"Id": "3"}])
