"""Update of folders, data extensions and queries; fields deleted one by one; what templates bring."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.mce_sandbox.client import Mce, equals, unique
from tests.mce_sandbox.test_objects import data_extension, field, folder, root


def fields_of(mce: Mce, key: str) -> dict[str | None, tuple[str | None, str | None]]:
    """Ordinal and length, by name."""
    found = mce.retrieve("DataExtensionField", "Name Ordinal MaxLength", equals("DataExtension.CustomerKey", key))
    return {
        each.findtext("Name"): (each.findtext("Ordinal"), each.findtext("MaxLength")) for each in found.all("Results")
    }


def ids_of(mce: Mce, key: str) -> dict[str | None, str | None]:
    found = mce.retrieve("DataExtensionField", "ObjectID Name", equals("DataExtension.CustomerKey", key))
    return {each.findtext("Name"): each.findtext("ObjectID") for each in found.all("Results")}


def make_folder(mce: Mce, parent: str = "") -> tuple[str, str]:
    """Its name and its id."""
    name = unique("Folder")
    made = mce.create("DataFolder", folder(name, parent or root(mce, "dataextension")))
    return name, made.value("Results/NewID") or ""


def test_a_folder_is_renamed_and_moved_and_echoes_nothing(mce: Mce) -> None:
    (_, above), (_, below) = make_folder(mce), make_folder(mce)
    name = unique("Renamed")
    moved = mce.update(
        "DataFolder", f"<ID>{below}</ID><ParentFolder><ID>{above}</ID></ParentFolder><Name>{name}</Name>"
    )
    assert moved.value("Results/StatusMessage") == "Folder updated successfully."
    assert [child.tag for child in moved.all("Results")[0]] == ["StatusCode", "StatusMessage", "OrdinalID"]
    found = mce.retrieve("DataFolder", "ID Name ParentFolder.ID ParentFolder.CustomerKey", equals("ID", below))
    assert (found.value("Results/Name"), found.value("Results/ParentFolder/ID")) == (name, above)
    assert [child.tag for child in found.all("Results/ParentFolder")[0]] == [
        "PartnerKey", "ID", "ObjectID", "CustomerKey",
    ]  # fmt: skip


@pytest.mark.parametrize("place", ["itself", "below itself", "nowhere"])
def test_a_folder_is_not_moved_below_itself(mce: Mce, place: str) -> None:
    _, above = make_folder(mce)
    _, below = make_folder(mce, above)
    target = {"itself": above, "below itself": below, "nowhere": "0"}[place]
    moved = mce.update("DataFolder", f"<ID>{above}</ID><ParentFolder><ID>{target}</ID></ParentFolder>")
    assert moved.value("Results/ErrorCode") == "396007"


def test_a_root_folder_stays_as_it_is(mce: Mce) -> None:
    answer = mce.update("DataFolder", f"<ID>{root(mce, 'dataextension')}</ID><Name>Mine</Name>")
    assert answer.value("OverallStatus") == "Error"


def test_a_data_extension_is_renamed_moved_and_described(mce: Mce) -> None:
    name, new = unique("Before"), unique("After")
    _, folder_id = make_folder(mce)
    mce.create("DataExtension", data_extension(name))
    inside = f"<CustomerKey>key {name}</CustomerKey><Name>{new}</Name><Description>d</Description>"
    changed = mce.update("DataExtension", f"{inside}<CategoryID>{folder_id}</CategoryID>")
    assert changed.value("Results/StatusMessage") == "Data Extension updated."
    found = mce.retrieve("DataExtension", "Name Description CategoryID", equals("CustomerKey", f"key {name}"))
    assert [found.value(f"Results/{each}") for each in ("Name", "Description", "CategoryID")] == [new, "d", folder_id]
    assert mce.retrieve("DataExtension", "Name", equals("Name", name)).all("Results") == []
    assert mce.run("SELECT 1 AS Id", f"key {name}")["Status"] == "Complete"


def test_fields_are_added_widened_and_renamed_with_their_rows_kept(mce: Mce) -> None:
    name, key = mce.seed("Id Number key, Word Text(3)", [[1, "one"]])
    ids = ids_of(mce, key)
    fields = (
        f"<Field><ObjectID>{ids['Word']}</ObjectID><Name>Term</Name><MaxLength>9</MaxLength></Field>"
        f"{field('Extra', 'Date')}"
    )
    changed = mce.update("DataExtension", f"<CustomerKey>{key}</CustomerKey><Fields>{fields}</Fields>")
    assert changed.texts("Results/Object/Fields/Field/Name") == ["Term", "Extra"]
    assert fields_of(mce, key) == {"Id": ("0", None), "Term": ("1", "9"), "Extra": ("2", None)}
    assert mce.rows(key) == [{"id": "1", "term": "one", "extra": ""}]
    assert mce.run(f"SELECT 2 AS Id, 'much more' AS Term, GETDATE() AS Extra FROM [{name}]", key, "Update")[
        "Status"
    ] == ("Complete")


@pytest.mark.parametrize(
    "fields",
    [
        field("Word", "Text", "<MaxLength>2</MaxLength>"),
        field("Word", "Number"),
        field("New", "Nothing"),
        field("New", "Number", "<IsPrimaryKey>true</IsPrimaryKey>"),
        field("New", "Number", "<IsRequired>true</IsRequired>"),
    ],
)
def test_fields_are_not_changed_to_what_their_rows_could_not_be(mce: Mce, fields: str) -> None:
    _, key = mce.seed("Id Number key, Word Text(3)")
    answer = mce.update("DataExtension", f"<CustomerKey>{key}</CustomerKey><Fields>{fields}</Fields>")
    assert answer.value("Results/ErrorCode") == "310007"
    assert fields_of(mce, key) == {"Id": ("0", None), "Word": ("1", "3")}


def test_a_required_field_that_is_added_has_its_default_in_all_rows(mce: Mce) -> None:
    _, key = mce.seed("Id Number key", [[1]])
    more = "<DefaultValue>42</DefaultValue><IsRequired>true</IsRequired>"
    mce.update("DataExtension", f"<CustomerKey>{key}</CustomerKey><Fields>{field('Answer', 'Number', more)}</Fields>")
    assert mce.rows(key) == [{"id": "1", "answer": "42"}]


def test_fields_added_at_once_are_all_there(mce: Mce) -> None:
    _, key = mce.seed("Id Number key")
    inside = f"<CustomerKey>{key}</CustomerKey><Fields>{{}}</Fields>"
    with ThreadPoolExecutor(8) as threads:
        added = threads.map(
            lambda number: mce.update("DataExtension", inside.format(field(f"F{number}", "Number"))), range(8)
        )
        assert {each.value("OverallStatus") for each in added} == {"OK"}
    assert sorted(str(name) for name in fields_of(mce, key)) == [*(f"F{number}" for number in range(8)), "Id"]
    assert set(mce.retrieve(f"DataExtensionObject[{key}]", "Id F0 F7").texts("OverallStatus")) == {"OK"}


def test_rows_can_be_read_while_fields_come_and_go(mce: Mce) -> None:
    _, key = mce.seed("Id Number key", [[number] for number in range(1000)])
    inside = f"<CustomerKey>{key}</CustomerKey><Fields>{{}}</Fields>"
    settled = Event()

    def read() -> tuple[set[int], set[str]]:
        statuses, told = set(), set()
        while not settled.is_set():
            statuses.add(mce.rowset(key, **{"$pageSize": 1000}).status_code)
            told.update(mce.retrieve(f"DataExtensionObject[{key}]", "Id").texts("OverallStatus"))
        return statuses, told

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(3)]
        try:
            for number in range(20):
                mce.update("DataExtension", inside.format(field(f"F{number}", "Text")))
            for name, object_id in ids_of(mce, key).items():
                if name != "Id":
                    mce.delete("DataExtension", inside.format(f"<Field><ObjectID>{object_id}</ObjectID></Field>"))
        finally:
            settled.set()
    assert [reader.result() for reader in readers] == [({200}, {"OK"})] * 3
    assert list(fields_of(mce, key)) == ["Id"]


def test_deleting_fields_by_their_ids_deletes_these_alone(mce: Mce) -> None:
    _, key = mce.seed("Id Number key, Word Text(3), Rest Text(5)", [[1, "one", "stays"]])
    ids = ids_of(mce, key)
    inside = f"<CustomerKey>{key}</CustomerKey><Fields><Field><ObjectID>{{}}</ObjectID></Field></Fields>"
    deleted = mce.delete("DataExtension", inside.format(ids["Word"]))
    assert deleted.value("Results/StatusMessage") == "Data Extension deleted. / Data Extension Fields deleted"
    assert mce.rows(key) == [{"id": "1", "rest": "stays"}]
    assert fields_of(mce, key) == {"Id": ("0", None), "Rest": ("1", "5")}
    assert mce.delete("DataExtension", inside.format(ids["Id"])).value("Results/ErrorCode") == "310007"


def test_a_client_that_sends_back_what_it_created_deletes_it_whole(mce: Mce) -> None:
    name = unique("Whole")
    mce.create("DataExtension", data_extension(name))
    assert mce.delete("DataExtension", data_extension(name)).value("Results/StatusMessage") == "Data Extension deleted."
    assert mce.retrieve("DataExtension", "Name", equals("Name", name)).all("Results") == []


@pytest.mark.parametrize(("inside", "code"), [("<Name>x</Name>", "310001"), ("<CustomerKey>?</CustomerKey>", "310002")])
def test_a_data_extension_is_found_by_a_key_that_there_is(mce: Mce, inside: str, code: str) -> None:
    assert mce.update("DataExtension", inside).value("Results/ErrorCode") == code
    assert mce.delete("DataExtension", inside).value("Results/ErrorCode") == code


def test_a_name_that_was_ever_taken_is_not_given_by_an_update(mce: Mce) -> None:
    gone, (taken, _), name = unique("Gone"), mce.seed("Id Number"), unique("Here")
    for each in (gone, name):
        mce.create("DataExtension", data_extension(each))
    mce.delete("DataExtension", f"<CustomerKey>key {gone}</CustomerKey>")
    for wanted in (gone, taken):
        inside = f"<CustomerKey>key {name}</CustomerKey><Name>{wanted}</Name>"
        assert mce.update("DataExtension", inside).value("Results/ErrorCode") == "310003"


def test_a_deletion_is_echoed(mce: Mce) -> None:
    name = unique("Echoed")
    made = mce.create("DataExtension", data_extension(name))
    deleted = mce.delete("DataExtension", f"<CustomerKey>key {name}</CustomerKey>")
    assert deleted.value("Results/Object/ObjectID") == made.value("Results/NewObjectID")
    assert [child.tag for child in deleted.all("Results")[0]] == ["StatusCode", "StatusMessage", "OrdinalID", "Object"]


def test_a_sendable_data_extension_names_its_subscriber(mce: Mce) -> None:
    sendable = "<IsSendable>true</IsSendable>"
    relation = (
        "<SendableDataExtensionField><Name>Id</Name></SendableDataExtensionField>"
        "<SendableSubscriberField><Name>_SubscriberKey</Name></SendableSubscriberField>"
    )
    name = unique("Sendable")
    assert mce.create("DataExtension", data_extension(name, more=sendable)).value("Results/ErrorCode") == "310007"
    mce.create("DataExtension", data_extension(name, more=sendable + relation))
    found = mce.retrieve(
        "DataExtension", "SendableDataExtensionField.Name SendableSubscriberField.Name", equals("Name", name)
    )
    assert (
        '<SendableDataExtensionField><PartnerKey xsi:nil="true" /><ObjectID xsi:nil="true" /><Name>Id</Name>'
        "</SendableDataExtensionField><SendableSubscriberField><Name>_SubscriberKey</Name></SendableSubscriberField>"
    ) in found.text
    refused = mce.create_query("SELECT 1 AS Id", f"key {name}", "Update")
    assert refused.value("Results/StatusMessage") == (
        "Error saving the Query field. "
        "Could not build exclusion text for unknown subscriber field type _Subscriber Key."
    )


def test_a_template_brings_fields_and_the_subscriber(mce: Mce) -> None:
    found = mce.retrieve("DataExtensionTemplate", "CustomerKey Name", equals("Name", "TriggeredSendDataExtension"))
    assert found.texts("Results/PartnerProperties/Name")[:3] == [
        "IsSendable",
        "IsTestable",
        "SendableCustomObjectField",
    ]
    assert found.texts("Results/PartnerProperties/Value")[:3] == ["True", "False", "SubscriberKey"]
    key, name = found.value("Results/CustomerKey"), unique("From a template")
    template = f"<Template><CustomerKey>{key}</CustomerKey></Template>"
    assert mce.create("DataExtension", data_extension(name, more=template)).value("OverallStatus") == "OK"
    assert fields_of(mce, f"key {name}") == {
        "SubscriberKey": ("0", "254"), "EmailAddress": ("1", "254"), "Id": ("2", None),
    }  # fmt: skip
    made = mce.retrieve("DataExtension", "IsSendable Template.CustomerKey", equals("Name", name))
    assert (made.value("Results/IsSendable"), made.value("Results/Template/CustomerKey")) == ("true", key)
    unknown = data_extension(unique("x"), more="<Template><CustomerKey>nope</CustomerKey></Template>")
    assert mce.create("DataExtension", unknown).value("Results/ErrorCode") == "310007"


def test_a_query_is_changed_and_runs_as_changed(mce: Mce) -> None:
    (_, first), (second_name, second) = mce.seed("Id Number"), mce.seed("Id Number")
    made = mce.create_query("SELECT 1 AS Id", first)
    object_id = made.value("Results/NewObjectID") or ""
    changed = mce.update(
        "QueryDefinition",
        f"<ObjectID>{object_id}</ObjectID><QueryText>SELECT 2 AS Id</QueryText><DataExtensionTarget>"
        f"<CustomerKey>{second}</CustomerKey></DataExtensionTarget><TargetUpdateType>Append</TargetUpdateType>",
    )
    assert changed.value("Results/StatusMessage") == "QueryDefinition updated"
    found = mce.retrieve(
        "QueryDefinition", "Name QueryText DataExtensionTarget.Name TargetUpdateType", equals("ObjectID", object_id)
    )
    assert (found.value("Results/QueryText"), found.value("Results/DataExtensionTarget/Name")) == (
        "SELECT 2 AS Id", second_name,
    )  # fmt: skip
    task = mce.perform(f"<ObjectID>{object_id}</ObjectID>").value("Results/Result/Task/ID") or ""
    assert mce.finish(task)["Status"] == "Complete"
    assert mce.rows(second) == [{"id": "2"}]


@pytest.mark.parametrize(
    "inside",
    [
        "<QueryText>SELECT 1 AS Id;</QueryText>",
        "<TargetUpdateType>Sometimes</TargetUpdateType>",
        "<CategoryID>0</CategoryID>",
        "<Name />",
        "<DataExtensionTarget><CustomerKey>nowhere</CustomerKey></DataExtensionTarget>",
    ],
)
def test_a_query_is_not_changed_to_what_could_not_be_made(mce: Mce, inside: str) -> None:
    _, target = mce.seed("Id Number")
    object_id = mce.create_query("SELECT 1 AS Id", target).value("Results/NewObjectID") or ""
    answer = mce.update("QueryDefinition", f"<ObjectID>{object_id}</ObjectID>{inside}")
    assert answer.value("OverallStatus") == "Error"
    found = mce.retrieve("QueryDefinition", "QueryText TargetUpdateType", equals("ObjectID", object_id))
    assert (found.value("Results/QueryText"), found.value("Results/TargetUpdateType")) == (
        "SELECT 1 AS Id",
        "Overwrite",
    )


def test_a_query_does_not_take_anothers_name(mce: Mce) -> None:
    _, target = mce.seed("Id Number")
    mce.create_query("SELECT 1 AS Id", target, key="first-of-two")
    object_id = mce.create_query("SELECT 1 AS Id", target).value("Results/NewObjectID")
    taken = f"<ObjectID>{object_id}</ObjectID><CustomerKey>first-of-two</CustomerKey>"
    assert mce.update("QueryDefinition", taken).value("Results/ErrorCode") == "1"
