"""Whose objects are seen: business units, ClientIDs, QueryAllAccounts; and what cannot be filtered by."""

import pytest

from tests.mce_sandbox.client import Mce, both, equals, simple

ALL = "<QueryAllAccounts>true</QueryAllAccounts>"


@pytest.fixture
def parent(mce: Mce) -> Mce:
    """Northwind's own business unit, above the others."""
    return Mce(mce.http, 7001000)


def mids(mce: Mce, more: str = "", filter_: str = "") -> list[str]:
    return mce.retrieve("BusinessUnit", "ID", filter_, more).texts("Results/ID")


def test_the_parent_sees_all_business_units_and_the_others_only_themselves(parent: Mce, mce: Mce) -> None:
    assert mids(parent) == ["7001000"]
    assert mids(parent, ALL) == ["7001000", "7001001", "7001002"]
    assert mids(mce, ALL) == ["7001001"]
    assert mids(parent, ALL, equals("ParentID", "7001000")) == ["7001001", "7001002"]


def test_a_business_unit_says_some_things_unasked(mce: Mce) -> None:
    answer = mce.retrieve("BusinessUnit", "Name ParentName IsActive")
    assert [child.tag for child in answer.all("Results")[0]] == [
        "PartnerKey", "ObjectID", "AccountType", "Name", "IsActive", "ParentName", "Subscription",
        "MasterUnsubscribeBehavior",
    ]  # fmt: skip
    assert answer.value("Results/ParentName") == "Northwind Outfitters"


def test_the_parent_asks_for_a_childs_objects_by_client_ids(parent: Mce) -> None:
    children = "".join(f"<ClientIDs><ID>{mid}</ID></ClientIDs>" for mid in (7001001, 7001002))
    found = parent.retrieve("DataExtension", "Client.ID Name", equals("Name", "Stores"), children)
    assert found.texts("Results/Client/ID") == ["7001001", "7001002"]


def test_a_child_asks_for_nobody_elses(mce: Mce) -> None:
    own = "<ClientIDs><ID>7001001</ID></ClientIDs>"
    assert mce.retrieve("DataExtension", "Name", equals("Name", "Stores"), own).value("OverallStatus") == "OK"
    for other in (7001000, 7001002, 8002001, 1):
        answer = mce.retrieve("DataExtension", "Name", "", f"<ClientIDs><ID>{other}</ID></ClientIDs>")
        assert str(answer.value("OverallStatus")).startswith("Error: ")
        assert answer.all("Results") == []


def test_all_accounts_show_a_child_what_the_enterprise_shares(mce: Mce) -> None:
    found = mce.retrieve("DataExtension", "Name Client.ID", simple("Name", "like", "S%Stores"), ALL)
    named = zip(found.texts("Results/Client/ID"), found.texts("Results/Name"), strict=True)
    assert list(named) == [("7001000", "Shared Stores")]
    shared = equals("ContentType", "shared_dataextension")
    folders = mce.retrieve("DataFolder", "Client.ID ParentFolder.CustomerKey", shared, ALL)
    assert folders.texts("Results/Client/ID") == ["7001001", "7001000"]
    assert folders.texts("Results/ParentFolder/CustomerKey") == ["shared_data_default"] * 2
    roots = mce.retrieve("DataFolder", "Client.ID", equals("ContentType", "queryactivity"), ALL)
    assert set(roots.texts("Results/Client/ID")) == {"7001001"}


def test_rows_are_seen_where_the_data_extension_is(parent: Mce, mce: Mce) -> None:
    child, shared = "DataExtensionObject[store-directory-7001002]", "DataExtensionObject[ent-store-directory]"
    only = "<ClientIDs><ID>7001002</ID></ClientIDs>"
    first = equals("StoreID", "1")
    assert len(parent.retrieve(child, "StoreID", first, only).all("Results")) == 1
    assert len(mce.retrieve(shared, "StoreID", first, ALL).all("Results")) == 1
    for unit, object_type in ((parent, child), (mce, shared)):
        assert str(unit.retrieve(object_type, "StoreID", first).value("OverallStatus")).startswith("Error: Unable")


@pytest.mark.parametrize(
    ("object_type", "filter_", "status"),
    [
        (
            "DataFolder", simple("ID", "equals"),
            "Error: Invalid argument for the equals operator. Filter array cannot be null.",
        ),
        (
            "DataFolder", equals("ParentFolderID", "0"),
            "Error: The Request Property(s) ParentFolderID do not match with the fields of DataFolder retrieve",
        ),
        (
            "DataExtensionField", equals("DataExtension.Name", "Stores"),
            "Error: The Request Property(s) DataExtension.Name do not match with the fields of DataExtensionField "
            "retrieve",
        ),
        (
            "AsyncActivityStatus", equals("Status", "Queued"),
            "Error: The property Status of AsyncActivityStatus cannot be filtered by.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_filtered_by(mce: Mce, object_type: str, filter_: str, status: str) -> None:
    properties = {"AsyncActivityStatus": "Status"}.get(object_type, "CustomerKey")
    assert mce.retrieve(object_type, properties, filter_).value("OverallStatus") == status


def test_statuses_are_found_by_when_they_began(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    _, task = mce.start("SELECT 1 AS Id", key)
    mce.finish(task)
    since = both(
        simple("StartTime", "greaterThan", "2020-02-01T00:00:00", tag="LeftOperand"),
        equals("TaskID", task, "RightOperand"),
    )
    before = both(
        simple("StartTime", "lessThan", "2020-02-01T00:00:00", tag="LeftOperand"),
        equals("TaskID", task, "RightOperand"),
    )
    assert len(mce.retrieve("AsyncActivityStatus", "TaskID", since).all("Results")) == 1
    assert mce.retrieve("AsyncActivityStatus", "TaskID", before).all("Results") == []
