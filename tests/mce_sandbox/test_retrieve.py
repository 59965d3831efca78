"""Retrieve: properties, filters, batches, in the recorded shape."""

import pytest

from tests.mce_sandbox.client import Mce, both, equals, simple


def test_no_match_is_ok_without_results(mce: Mce) -> None:
    answer = mce.retrieve("DataExtension", "Name", equals("CustomerKey", "nothing"))
    assert answer.shape == ["OverallStatus", "RequestID"]
    assert answer.value("OverallStatus") == "OK"


def test_an_unknown_property_and_an_unknown_type_are_named(mce: Mce) -> None:
    assert mce.retrieve("DataFolder", "ID ParentFolderID").value("OverallStatus") == (
        "Error: The Request Property(s) ParentFolderID do not match with the fields of DataFolder retrieve"
    )
    assert mce.retrieve("datafolder", "ID").value("OverallStatus") == (
        "Error: Unable to find a handler for object type: datafolder. Object types are case-sensitive, check spelling."
    )


def test_an_operand_without_a_type_is_not_read(mce: Mce) -> None:
    bare = "<Filter><Property>ID</Property><SimpleOperator>equals</SimpleOperator><Value>1</Value></Filter>"
    status = mce.retrieve("DataFolder", "ID", bare).value("OverallStatus")
    assert status == "Error: Unknown filter of type FilterPart encountered"


def test_properties_not_asked_for_are_left_out_but_the_ids_are_nil(mce: Mce) -> None:
    answer = mce.retrieve("DataFolder", "Name", equals("CustomerKey", "dataextension_default"))
    assert '<PartnerKey xsi:nil="true" /><ObjectID xsi:nil="true" /><Name>Data Extensions</Name>' in answer.text
    assert [child.tag for child in answer.all("Results")[0]] == ["PartnerKey", "ObjectID", "Name"]


def test_properties_come_in_the_order_of_the_wsdl(mce: Mce) -> None:
    answer = mce.retrieve(
        "DataExtension", "CategoryID Name Description CustomerKey ObjectID CreatedDate Client.ID",
        equals("Name", "Stores"),
    )  # fmt: skip
    assert [child.tag for child in answer.all("Results")[0]] == [
        "Client", "PartnerKey", "CreatedDate", "ObjectID", "CustomerKey", "Name", "Description", "CategoryID",
    ]  # fmt: skip
    assert "<Description />" in answer.text
    assert answer.value("Results/CustomerKey") == "store-directory-7001001"


FILTERS = [
    (equals("Name", "stores"), ["Stores"]),
    (simple("Name", "notEquals", "Stores"), ["Customers", "Newsletter Signups", "Orders", "Products"]),
    (simple("Name", "IN", "Stores", "Orders"), ["Orders", "Stores"]),
    (simple("Name", "like", "%o%s"), ["Customers", "Orders", "Products", "Stores"]),
    (simple("Name", "between", "D", "P"), ["Newsletter Signups", "Orders"]),
    (simple("Name", "greaterThan", "Products"), ["Stores"]),
    (simple("Name", "lessThanOrEqual", "Newsletter Signups"), ["Customers", "Newsletter Signups"]),
    (simple("Description", "isNotNull"), []),
    (simple("CreatedDate", "greaterThan", "2099-01-01T00:00:00"), []),
    (
        both(equals("Name", "Stores", "LeftOperand"), equals("Name", "Orders", "RightOperand"), "OR"),
        ["Orders", "Stores"],
    ),
    (
        both(equals("Name", "Stores", "LeftOperand"), equals("IsSendable", "true", "RightOperand")),
        [],
    ),
]


@pytest.mark.parametrize(("filter_", "names"), FILTERS)
def test_filters(http_unit: Mce, filter_: str, names: list[str]) -> None:
    assert sorted(http_unit.retrieve("DataExtension", "Name", filter_).texts("Results/Name")) == names


@pytest.fixture
def http_unit(mce: Mce) -> Mce:
    """A business unit in which no test makes data extensions."""
    return Mce(mce.http, 8002001, "globex-app")


def test_batches_of_2500_continue_by_request_id(mce: Mce) -> None:
    unit = Mce(mce.http, 7001002)
    fields = ", ".join(f"F{number} Number" for number in range(900))
    keys = [unit.seed(fields)[1] for _ in range(3)]
    first = unit.retrieve("DataExtensionField", "Name", simple("DataExtension.CustomerKey", "IN", *keys))
    assert (first.value("OverallStatus"), len(first.all("Results"))) == ("MoreDataAvailable", 2500)
    request_id = first.value("RequestID")
    more = f"<ContinueRequest>{request_id}</ContinueRequest>"
    other = mce.retrieve("DataExtensionField", "", more=more)
    gone = "Error: The RequestID sent through ContinueRequest does not exist."
    assert other.value("OverallStatus") == gone
    second = unit.retrieve("DataExtensionField", "", more=more)
    assert (second.value("OverallStatus"), len(second.all("Results"))) == ("OK", 200)
    assert unit.retrieve("DataExtensionField", "", more=more).value("OverallStatus") == gone
