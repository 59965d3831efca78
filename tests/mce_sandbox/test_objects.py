"""Folders, data extensions, fields and query definitions: made, found, refused, deleted."""

import pytest

from tests.mce_sandbox.client import Mce, both, equals, unique

TAKEN = "Updating an existing Data Extension definition is not allowed when doing an add-only operation. "


def root(mce: Mce, content_type: str) -> str:
    found = mce.retrieve(
        "DataFolder",
        "ID",
        both(equals("ContentType", content_type, "LeftOperand"), equals("ParentFolder.ID", "0", "RightOperand")),
    )
    assert len(found.all("Results")) == 1
    return found.value("Results/ID") or ""


def folder(name: str, parent: str, *, description: str = "d", content_type: str = "dataextension") -> str:
    return (
        f"<Name>{name}</Name><Description>{description}</Description><ContentType>{content_type}</ContentType>"
        f"<ParentFolder><ID>{parent}</ID></ParentFolder>"
    )


def field(name: str, kind: str, more: str = "") -> str:
    return f"<Field><Name>{name}</Name><FieldType>{kind}</FieldType>{more}</Field>"


def data_extension(name: str, fields: str = "", more: str = "", after: str = "") -> str:
    inside = fields or field("Id", "Number")
    return f"<CustomerKey>key {name}</CustomerKey><Name>{name}</Name>{more}<Fields>{inside}</Fields>{after}"


def test_a_folder_is_made_and_found_below_its_parent(mce: Mce) -> None:
    parent, name = root(mce, "dataextension"), unique("Folder")
    made = mce.create("DataFolder", folder(name, parent))
    assert made.value("Results/StatusMessage") == "Folder created successfully."
    found = mce.retrieve(
        "DataFolder", "Name ParentFolder.ID IsEditable AllowChildren", equals("ID", made.value("Results/NewID") or "")
    )
    assert found.texts("Results/Name") == [name]
    assert found.value("Results/ParentFolder/ID") == parent
    # Both default to false through the API.
    assert (found.value("Results/IsEditable"), found.value("Results/AllowChildren")) == ("false", "false")


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (folder("", "1"), "396003"),
        (folder("x", "1", content_type=""), "396004"),
        (folder("x", "1", description=""), "396010"),
        (folder("x", "1"), "396007"),
        (folder("x", "0"), "396007"),
    ],
)
def test_a_folder_needs_name_type_description_and_parent(mce: Mce, inside: str, code: str) -> None:
    answer = mce.create("DataFolder", inside)
    assert (answer.status, answer.value("OverallStatus"), answer.value("Results/ErrorCode")) == (200, "Error", code)


def test_a_data_extension_is_echoed_with_its_fields(mce: Mce) -> None:
    name = unique("Made")
    fields = (
        field("Id", "Number", "<IsPrimaryKey>true</IsPrimaryKey>")
        + field("Amount", "Decimal", "<MaxLength>18</MaxLength><Scale>2</Scale>")
        + field("Email", "EmailAddress")
    )
    made = mce.create("DataExtension", data_extension(name, fields))
    assert [child.tag for child in made.all("Results")[0]] == [
        "StatusCode", "StatusMessage", "OrdinalID", "NewID", "NewObjectID", "Object",
    ]  # fmt: skip
    assert (made.value("Results/StatusMessage"), made.value("Results/NewID")) == ("Data Extension created.", "0")
    assert made.texts("Results/Object/Fields/Field/Name") == ["Id", "Amount", "Email"]
    found = mce.retrieve(
        "DataExtensionField",
        "Name Ordinal FieldType MaxLength Scale IsRequired IsPrimaryKey CustomerKey",
        equals("DataExtension.CustomerKey", f"key {name}"),
    )
    described = {
        each.findtext("Name"): {child.tag: child.text for child in each if child.text} for each in found.all("Results")
    }
    assert described == {
        "Id": {
            "CustomerKey": f"[key {name}].[Id]", "Name": "Id", "IsRequired": "true", "Ordinal": "0",
            "IsPrimaryKey": "true", "FieldType": "Number",
        },
        "Amount": {
            "CustomerKey": f"[key {name}].[Amount]", "Name": "Amount", "Scale": "2", "MaxLength": "18",
            "IsRequired": "false", "Ordinal": "1", "IsPrimaryKey": "false", "FieldType": "Decimal",
        },
        "Email": {
            "CustomerKey": f"[key {name}].[Email]", "Name": "Email", "MaxLength": "254", "IsRequired": "false",
            "Ordinal": "2", "IsPrimaryKey": "false", "FieldType": "EmailAddress",
        },
    }  # fmt: skip


def test_a_taken_name_or_key_is_refused_also_after_a_delete(mce: Mce) -> None:
    name = unique("Taken")
    mce.create("DataExtension", data_extension(name))
    again = mce.create("DataExtension", data_extension(name))
    assert (again.value("Results/StatusMessage"), again.value("Results/ErrorCode")) == (TAKEN, "310003")
    deleted = mce.delete("DataExtension", f"<CustomerKey>key {name}</CustomerKey>")
    assert deleted.value("Results/StatusMessage") == "Data Extension deleted."
    later = mce.create("DataExtension", data_extension(name))
    assert later.value("Results/StatusMessage") == TAKEN
    missing = mce.delete("DataExtension", f"<CustomerKey>key {name}</CustomerKey>")
    assert missing.value("Results/ErrorCode") == "310002"


@pytest.mark.parametrize(
    "fields",
    [
        field("a", "Text", "<MaxLength>4001</MaxLength>"),
        field("a", "Decimal", "<MaxLength>30</MaxLength>"),
        field("a", "Decimal", "<MaxLength>18</MaxLength><Scale>9</Scale>"),
        field("a", "Varchar"),
        field("a", "Number", "<DefaultValue>none</DefaultValue>"),
        field("a", "Text") + field("A", "Text"),
        field("", "Text"),
    ],
)
def test_fields_that_mce_does_not_have_are_refused(mce: Mce, fields: str) -> None:
    answer = mce.create("DataExtension", data_extension(unique("Bad"), fields))
    assert answer.value("Results/ErrorCode") == "310007"


def test_retention_without_a_period_is_none(mce: Mce) -> None:
    flags = (
        "<RowBasedRetention>false</RowBasedRetention><DeleteAtEndOfRetentionPeriod>false</DeleteAtEndOfRetentionPeriod>"
    )
    period = "<DataRetentionPeriodLength>1</DataRetentionPeriodLength><DataRetentionPeriod>Days</DataRetentionPeriod>"
    without, with_period = unique("Retained"), unique("Retained")
    mce.create("DataExtension", data_extension(without, more=flags))
    mce.create("DataExtension", data_extension(with_period, more=flags + period))
    asked = "DataRetentionPeriodLength DataRetentionPeriodUnitOfMeasure RetainUntil"
    found = mce.retrieve("DataExtension", asked, equals("Name", without))
    assert found.value("Results/RetainUntil") == ""
    assert found.value("Results/DataRetentionPeriodLength") is None
    found = mce.retrieve("DataExtension", asked, equals("Name", with_period))
    assert found.value("Results/DataRetentionPeriodUnitOfMeasure") == "3"
    assert str(found.value("Results/RetainUntil")).endswith(" 12:00:00 AM")


def test_retention_can_be_refused_by_a_dial(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"retention_refused": True})
    flag = "<RowBasedRetention>false</RowBasedRetention>"
    assert mce.create("DataExtension", data_extension(unique("R"), more=flag)).value("OverallStatus") == "Error"
    assert mce.create("DataExtension", data_extension(unique("R"))).value("OverallStatus") == "OK"


def test_a_query_key_is_cut_at_36_and_then_not_found_whole(mce: Mce) -> None:
    _, target = mce.seed("Id Number")
    key = unique("a-key-that-is-longer-than-mce-keeps-it-") + "x" * 20
    assert mce.create_query("SELECT 1 AS Id", target, key=key).value("OverallStatus") == "OK"
    assert mce.retrieve("QueryDefinition", "Name", equals("CustomerKey", key)).all("Results") == []
    assert len(mce.retrieve("QueryDefinition", "Name", equals("CustomerKey", key[:36])).all("Results")) == 1


def test_deleting_a_query_is_soft(mce: Mce) -> None:
    _, target = mce.seed("Id Number")
    object_id = mce.create_query("SELECT 1 AS Id", target, key="soft").value("Results/NewObjectID")
    inside = f"<ObjectID>{object_id}</ObjectID>"
    assert mce.delete("QueryDefinition", inside).value("Results/StatusMessage") == "QueryDefinition deleted"
    found = mce.retrieve("QueryDefinition", "Status", equals("ObjectID", object_id or ""))
    assert found.texts("Results/Status") == ["Inactive"]
    active = both(equals("CustomerKey", "soft", "LeftOperand"), equals("Status", "Active", "RightOperand"))
    assert mce.retrieve("QueryDefinition", "Name", active).all("Results") == []
    assert mce.create_query("SELECT 1 AS Id", target, key="soft").value("OverallStatus") == "OK"


def test_category_zero_is_refused_and_none_is_the_root(mce: Mce) -> None:
    _, target = mce.seed("Id Number")
    inside = (
        f"<CustomerKey>c0</CustomerKey><Name>c0</Name><QueryText>SELECT 1 AS Id</QueryText><DataExtensionTarget>"
        f"<CustomerKey>{target}</CustomerKey></DataExtensionTarget><TargetUpdateType>Overwrite</TargetUpdateType>"
    )
    assert mce.create("QueryDefinition", f"{inside}<CategoryID>0</CategoryID>").value("OverallStatus") == "Error"
    object_id = mce.create("QueryDefinition", inside).value("Results/NewObjectID") or ""
    found = mce.retrieve("QueryDefinition", "CategoryID", equals("ObjectID", object_id))
    assert found.value("Results/CategoryID") == root(mce, "queryactivity")
