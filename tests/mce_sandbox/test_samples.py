"""Answers of each kind, element by element as the real service's were recorded."""

import pytest
from lxml import etree

from tests.mce_sandbox.client import Mce, equals, unique

Tree = list["str | tuple[str, Tree]"]
IDS: Tree = ["PartnerKey", "ObjectID"]


def tree(element: etree._Element) -> Tree:
    """The names of its elements; of those that have some of their own, with these."""
    return [(str(each.tag), tree(each)) if len(each) else str(each.tag) for each in element]


@pytest.fixture
def names(mce: Mce) -> tuple[str, str]:
    """A data extension that has all there is to tell of one, by its name and key, and a query that writes there."""
    name = unique("Sample")
    fields = (
        "<Field><Name>ContactKey</Name><FieldType>Text</FieldType><MaxLength>50</MaxLength></Field>"
        "<Field><Name>Amount</Name><FieldType>Decimal</FieldType><MaxLength>18</MaxLength><Scale>2</Scale></Field>"
    )
    mce.create(
        "DataExtension",
        f"<CustomerKey>key {name}</CustomerKey><Name>{name}</Name><IsSendable>true</IsSendable>"
        "<SendableDataExtensionField><Name>ContactKey</Name></SendableDataExtensionField>"
        "<SendableSubscriberField><Name>_SubscriberKey</Name></SendableSubscriberField>"
        "<DataRetentionPeriodLength>1</DataRetentionPeriodLength><DataRetentionPeriod>Days</DataRetentionPeriod>"
        f"<Fields>{fields}</Fields>",
    )
    return name, f"key {name}"


def test_a_data_extension(mce: Mce, names: tuple[str, str]) -> None:
    found = mce.retrieve(
        "DataExtension",
        "CategoryID RetainUntil DeleteAtEndOfRetentionPeriod ResetRetentionPeriodOnImport RowBasedRetention "
        "DataRetentionPeriodUnitOfMeasure DataRetentionPeriodLength SendableSubscriberField.Name IsTestable IsSendable "
        "SendableDataExtensionField.Name Description Name CustomerKey ObjectID ModifiedDate CreatedDate",
        equals("CustomerKey", names[1]),
    )
    assert tree(found.all("Results")[0]) == [
        "PartnerKey", "CreatedDate", "ModifiedDate", "ObjectID", "CustomerKey", "Name", "Description", "IsSendable",
        "IsTestable", ("SendableDataExtensionField", [*IDS, "Name"]), ("SendableSubscriberField", ["Name"]),
        "DataRetentionPeriodLength", "DataRetentionPeriodUnitOfMeasure", "RowBasedRetention",
        "ResetRetentionPeriodOnImport", "DeleteAtEndOfRetentionPeriod", "RetainUntil", "CategoryID",
    ]  # fmt: skip


def test_a_field(mce: Mce, names: tuple[str, str]) -> None:
    found = mce.retrieve(
        "DataExtensionField",
        "DataExtension.CustomerKey FieldType IsPrimaryKey Ordinal IsRequired MaxLength DefaultValue Scale Name "
        "CustomerKey ObjectID",
        equals("CustomerKey", f"[{names[1]}].[Amount]"),
    )
    assert tree(found.all("Results")[0]) == [
        *IDS, "CustomerKey", "Name", "Scale", "DefaultValue", "MaxLength", "IsRequired", "Ordinal", "IsPrimaryKey",
        "FieldType", ("DataExtension", [*IDS, "CustomerKey"]),
    ]  # fmt: skip


def test_a_query_and_its_start(mce: Mce, names: tuple[str, str]) -> None:
    object_id = mce.create_query("SELECT 1 AS Amount", names[1]).value("Results/NewObjectID") or ""
    found = mce.retrieve(
        "QueryDefinition",
        "CategoryID Status TargetUpdateType DataExtensionTarget.Name DataExtensionTarget.CustomerKey TargetType "
        "QueryText Description Name CustomerKey ObjectID ModifiedDate CreatedDate",
        equals("ObjectID", object_id),
    )
    assert tree(found.all("Results")[0]) == [
        "PartnerKey", "CreatedDate", "ModifiedDate", "ObjectID", "CustomerKey", "Name", "Description", "QueryText",
        "TargetType", ("DataExtensionTarget", [*IDS, "CustomerKey", "Name"]), "TargetUpdateType", "Status",
        "CategoryID",
    ]  # fmt: skip
    started = mce.perform(f"<ObjectID>{object_id}</ObjectID>")
    task = ["StatusCode", "StatusMessage", "ID", "InteractionObjectID"]
    assert tree(started.body) == [
        ("Results", [("Result", ["StatusCode", "StatusMessage", ("Object", IDS), ("Task", task)])]),
        "OverallStatus", "OverallStatusMessage", "RequestID",
    ]  # fmt: skip
    status = mce.retrieve(
        "AsyncActivityStatus", "Status TaskID", equals("TaskID", started.value("Results/Result/Task/ID") or "")
    )
    both = [("Property", ["Name", "Value"]), ("Property", ["Name", "Value"])]
    assert tree(status.all("Results")[0]) == [*IDS, "Type", ("Properties", both)]


def test_a_folder_below_another(mce: Mce) -> None:
    found = mce.retrieve(
        "DataFolder",
        "AllowChildren IsEditable IsActive ContentType Description Name ParentFolder.CustomerKey ParentFolder.ID "
        "CustomerKey ObjectID ID ModifiedDate CreatedDate Client.ID",
        equals("CustomerKey", "shared_dataextension_default"),
    )
    assert tree(found.all("Results")[0]) == [
        ("Client", ["ID"]), "PartnerKey", "CreatedDate", "ModifiedDate", "ID", "ObjectID", "CustomerKey",
        ("ParentFolder", ["PartnerKey", "ID", "ObjectID", "CustomerKey"]), "Name", "Description", "ContentType",
        "IsActive", "IsEditable", "AllowChildren",
    ]  # fmt: skip


def test_what_is_written_is_echoed(mce: Mce) -> None:
    name = unique("Echo")
    field = "<Fields><Field><Name>Id</Name><FieldType>Text</FieldType><MaxLength>5</MaxLength></Field></Fields>"
    head = f"<CustomerKey>key {name}</CustomerKey>"
    made = mce.create("DataExtension", f"{head}<Name>{name}</Name>{field}")
    fields = [*IDS, "Name", "DefaultValue", "MaxLength", "IsRequired", "IsPrimaryKey", "FieldType"]
    flags: Tree = ["RowBasedRetention", "ResetRetentionPeriodOnImport", "DeleteAtEndOfRetentionPeriod", "RetainUntil"]
    whole: Tree = [
        *IDS, "CustomerKey", "Name", "Description", "IsSendable", "IsTestable", *flags,
        ("Fields", [("Field", fields)]), "CategoryID",
    ]  # fmt: skip
    first: Tree = ["StatusCode", "StatusMessage", "OrdinalID"]
    assert tree(made.all("Results")[0]) == [*first, "NewID", "NewObjectID", ("Object", whole)]
    changed = mce.update("DataExtension", f"{head}{field}")
    assert tree(changed.all("Results")[0]) == [*first, ("Object", whole)]
    refused = mce.create("DataExtension", f"{head}<Name>{name}</Name>{field}")
    assert tree(refused.all("Results")[0]) == [*first, "ErrorCode", "NewID"]
