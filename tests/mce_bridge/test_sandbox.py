"""Every MCE object against the sandbox, over real HTTP: made, found, used, removed."""

import time
from typing import Any
from uuid import uuid4

import pytest

from mce_bridge import envelopes
from mce_bridge.account import Account
from mce_bridge.errors import (
    AlreadyExists,
    AnswerLost,
    FolderGone,
    MceError,
    NotThere,
    Rejected,
    ServerTrouble,
    Throttled,
    UnknownAnswer,
)
from mce_bridge.filters import equals
from mce_bridge.objects import async_status, data_extensions, folders, query_definitions, rowsets
from mce_bridge.objects.async_status import ActivityStatus
from mce_bridge.objects.data_extensions import NewDataExtension, NewField
from mce_bridge.objects.folders import Folder
from mce_bridge.objects.query_definitions import NewQuery
from mce_bridge.soap import retrieve
from tests.sandbox import Sandbox


@pytest.fixture
def key() -> str:
    """A key and name that no other test uses: the sandbox keeps what was made."""
    return f"test-{uuid4().hex[:12]}"


FIELDS = (
    NewField("FirstName", "Text", 50),
    NewField("Amount", "Decimal", 18, 2),
    NewField("Bought", "Date"),
    NewField("Id", "Number", is_primary_key=True),
)


WORD = NewField("Word", "Text", 20)


def new_data_extension(key: str, **changes: Any) -> NewDataExtension:
    values = {"customer_key": key, "name": f"QPP_{key}", "folder_id": None, "fields": FIELDS, "delete_after_days": 1}
    return NewDataExtension(**(values | changes))


def new_query(sql: str, key: str, **changes: Any) -> NewQuery:
    values = {
        "customer_key": key,
        "name": f"QPP_Query_{key}",
        "sql": sql,
        "target_key": key,
        "target_name": f"QPP_{key}",
        "update_type": "Overwrite",
        "folder_id": None,
    }
    return NewQuery(**(values | changes))


def ended(account: Account, task_id: str) -> ActivityStatus:
    """The status of a started query once MCE says that it is over."""
    while True:
        status = async_status.get(account, task_id=task_id)
        if status is not None and (status.is_complete or status.is_failed):
            return status
        time.sleep(0.05)


def test_folders(northwind: Account, key: str) -> None:
    root = folders.find_root(northwind, "dataextension")
    assert (root.name, root.parent_id) == ("Data Extensions", 0)
    made = folders.create(
        northwind,
        name=key,
        content_type="dataextension",
        parent_id=root.id,
        description="Made by QS Pro",
    )
    assert made == Folder(made.id, key, "dataextension", root.id)
    assert folders.get(northwind, made.id) == made
    found = folders.find(northwind, content_type="dataextension", name=made.name, parent_id=root.id)
    assert found == made
    assert folders.find(northwind, content_type="queryactivity", name=made.name, parent_id=root.id) is None
    assert folders.get(northwind, 999_999_999) is None
    with pytest.raises(AlreadyExists):
        folders.create(northwind, name=made.name, content_type="dataextension", parent_id=root.id, description="Again")


def test_a_folder_in_a_folder_that_is_gone(northwind: Account, key: str) -> None:
    with pytest.raises(FolderGone):
        folders.create(northwind, name="x", content_type="dataextension", parent_id=999_999_999, description="x")
    with pytest.raises(FolderGone):
        data_extensions.create(northwind, new_data_extension(key, folder_id=999_999_999))


def test_data_extensions(northwind: Account, key: str) -> None:
    made = data_extensions.create(northwind, new_data_extension(key))
    found = data_extensions.find_by_key(northwind, key)
    assert found is not None
    assert (found.object_id, found.customer_key, found.name) == (made.object_id, key, f"QPP_{key}")
    assert found.created_at is not None
    assert found.created_at.utcoffset() is not None
    columns = data_extensions.fields(northwind, [key, "nothing"])
    assert columns["nothing"] == []
    assert [(c.name, c.field_type, c.max_length, c.is_primary_key, c.ordinal) for c in columns[key]] == [
        ("FirstName", "Text", 50, False, 0),
        ("Amount", "Decimal", 18, False, 1),
        ("Bought", "Date", None, False, 2),
        ("Id", "Number", None, True, 3),
    ]
    assert columns[key][1].scale == 2
    with pytest.raises(AlreadyExists):
        data_extensions.create(northwind, new_data_extension(key))
    data_extensions.delete(northwind, object_id=made.object_id)
    assert data_extensions.find_by_key(northwind, key) is None
    with pytest.raises(NotThere):
        data_extensions.delete(northwind, object_id=made.object_id)


def test_data_extensions_by_name_without_regard_to_case(northwind: Account) -> None:
    found = data_extensions.find_by_names(northwind, ["customers", "Newsletter Signups", "Nothing"])
    assert sorted(each.name for each in found) == ["Customers", "Newsletter Signups"]
    assert [each.name for each in data_extensions.find_by_names(northwind, ["Orders"])] == ["Orders"]
    columns = data_extensions.fields(northwind, [each.customer_key for each in found])
    assert all(len(each) > 2 for each in columns.values())


def test_data_extensions_by_a_part_of_their_name_and_at_most_so_many(northwind: Account) -> None:
    found = data_extensions.find_by_part(northwind, "NEWSLETTER", most=10)
    assert [each.name for each in found] == ["Newsletter Signups"]
    assert len(data_extensions.find_by_part(northwind, "", most=3)) == 3


def test_an_account_that_may_not_set_retention_gets_its_data_extension(
    northwind: Account, key: str, mce: Sandbox
) -> None:
    mce.dial(retention_refused=True)
    data_extensions.create(northwind, new_data_extension(key))
    assert data_extensions.find_by_key(northwind, key) is not None


def test_a_data_extension_that_mce_does_not_take(northwind: Account, key: str) -> None:
    with pytest.raises(Rejected) as rejected:
        data_extensions.create(northwind, new_data_extension(key, fields=(NewField("a", "Text", 9000),)))
    assert "MaxLength" in rejected.value.mce_message


def test_more_than_one_batch(northwind: Account, key: str) -> None:
    root = folders.find_root(northwind, "dataextension")
    parent = folders.create(northwind, name=key, content_type="dataextension", parent_id=root.id, description="Many")
    values = {"ContentType": "dataextension", "Description": "One of many", "ParentFolder": {"ID": parent.id}}
    names = [f"{key} {number}" for number in range(2501)]
    patient = northwind.with_deadline(120)
    many = [envelopes.make("DataFolder", values | {"Name": name}) for name in names]
    patient.soap("Create", {"Objects": many}, about="DataFolder")
    found = retrieve(patient, "DataFolder", ("Name",), equals("ParentFolder.ID", str(parent.id)))
    assert sorted(row.Name for row in found) == sorted(names)


def test_a_query_from_its_making_to_its_rows(northwind: Account, key: str) -> None:
    data_extensions.create(northwind, new_data_extension(key, fields=(NewField("Id", "Number"), WORD)))
    made = query_definitions.create(northwind, new_query("SELECT 1 AS Id, 'Ü' AS Word UNION ALL SELECT 2, NULL", key))
    found = query_definitions.find_by_key(northwind, key)
    assert found is not None
    assert (found.object_id, found.target_key, found.update_type) == (made.object_id, key, "Overwrite")
    task_id = query_definitions.start(northwind, object_id=made.object_id)
    assert ended(northwind, task_id).is_complete
    assert query_definitions.is_running(northwind, object_id=made.object_id) is False
    rows = rowsets.page(northwind, key=key, page=1, page_size=50, order_by=[("Id", "desc")])
    assert rows == rowsets.Rowset(2, [{"id": "2", "word": ""}, {"id": "1", "word": "Ü"}])
    second = rowsets.page(northwind, key=key, page=2, page_size=1, order_by=[("Id", "asc")])
    assert second.rows == [{"id": "2", "word": ""}]
    query_definitions.delete(northwind, object_id=made.object_id)
    assert query_definitions.find_by_key(northwind, key) is None
    with pytest.raises(NotThere):
        query_definitions.delete(northwind, object_id=made.object_id)


def test_a_query_that_fails_while_it_runs(northwind: Account, key: str) -> None:
    data_extensions.create(northwind, new_data_extension(key, fields=(NewField("Id", "Number"),)))
    made = query_definitions.create(
        northwind, new_query("SELECT 1 / (CustomerId - CustomerId) AS Id FROM Customers", key)
    )
    task_id = query_definitions.start(northwind, object_id=made.object_id)
    status = ended(northwind, task_id)
    assert status.is_failed
    assert status.error_message


def test_queries_of_a_folder_are_those_not_deleted(northwind: Account, key: str) -> None:
    root = folders.find_root(northwind, "queryactivity")
    folder = folders.create(northwind, name=key, content_type="queryactivity", parent_id=root.id, description="Queries")
    data_extensions.create(northwind, new_data_extension(key, fields=(NewField("Id", "Number"),)))
    made = [
        query_definitions.create(
            northwind,
            new_query("SELECT 1 AS Id", key, customer_key=f"{key}-{n}", name=f"{key} {n}", folder_id=folder.id),
        )
        for n in range(3)
    ]
    query_definitions.delete(northwind, object_id=made[1].object_id)
    found = {each.customer_key for each in query_definitions.in_folder(northwind, folder.id)}
    assert found == {f"{key}-0", f"{key}-2"}


def test_an_empty_data_extension_has_no_rows(northwind: Account, key: str) -> None:
    data_extensions.create(northwind, new_data_extension(key))
    assert rowsets.page(northwind, key=key, page=1, page_size=50) == rowsets.Rowset(0, [])
    with pytest.raises(NotThere):
        rowsets.page(northwind, key="nothing", page=1, page_size=50)


def test_mce_says_what_is_wrong_with_a_query(northwind: Account, key: str) -> None:
    assert query_definitions.validate(northwind, "SELECT 1 AS a").valid
    judged = query_definitions.validate(northwind, "SELECT Nothing FROM Customers")
    assert not judged.valid
    assert judged.errors == ("Invalid column name 'Nothing'",)
    data_extensions.create(northwind, new_data_extension(key, fields=(NewField("Id", "Number"),)))
    with pytest.raises(Rejected) as rejected:
        query_definitions.create(northwind, new_query("SELECT Nothing AS Id FROM Customers", key))
    assert "Invalid column name 'Nothing'" in rejected.value.mce_message
    assert "Nothing" not in str(rejected.value)


def test_a_query_whose_key_is_taken(northwind: Account, key: str) -> None:
    data_extensions.create(northwind, new_data_extension(key, fields=(NewField("Id", "Number"),)))
    query_definitions.create(northwind, new_query("SELECT 1 AS Id", key))
    with pytest.raises(AlreadyExists):
        query_definitions.create(northwind, new_query("SELECT 1 AS Id", key))


def test_what_mce_does_not_know_is_loud(northwind: Account) -> None:
    with pytest.raises(UnknownAnswer):
        list(retrieve(northwind, "DataFolder", ("Surprise",), equals("ID", "1")))
    with pytest.raises(UnknownAnswer):
        list(retrieve(northwind, "Surprise", ("ID",), equals("ID", "1")))


def test_an_expired_token_is_replaced_in_the_middle(northwind: Account, mce: Sandbox) -> None:
    folders.find_root(northwind, "dataextension")
    mce.ask("POST", "tokens/expire")
    assert folders.find_root(northwind, "dataextension").parent_id == 0
    mce.ask("POST", "tokens/expire")
    assert query_definitions.validate(northwind, "SELECT 1 AS a").valid


@pytest.mark.parametrize(
    ("kind", "error"),
    [("rate_limited", Throttled), ("server_fault", ServerTrouble), ("http", ServerTrouble), ("html", ServerTrouble)],
)
def test_trouble_passes(northwind: Account, mce: Sandbox, kind: str, error: type[MceError]) -> None:
    for operation in ("Retrieve", "IsRunning"):
        mce.fault(operation, kind, status=502)
    with pytest.raises(error):
        folders.get(northwind, 1)
    with pytest.raises(error):
        query_definitions.is_running(northwind, object_id="q")
    assert folders.find_root(northwind, "dataextension").parent_id == 0


def test_an_answer_lost_after_the_effect_is_found_again(northwind: Account, key: str, mce: Sandbox) -> None:
    mce.fault("Create", "reset", object_type="DataExtension", moment="after")
    with pytest.raises(AnswerLost) as lost:
        data_extensions.create(northwind, new_data_extension(key))
    assert lost.value.outcome_unknown
    with pytest.raises(AlreadyExists):
        data_extensions.create(northwind, new_data_extension(key))
    assert data_extensions.find_by_key(northwind, key) is not None


def test_a_call_that_hangs_ends_at_its_deadline(northwind: Account, mce: Sandbox) -> None:
    folders.find_root(northwind, "dataextension")
    mce.fault("Retrieve", "hang")
    with pytest.raises(AnswerLost):
        folders.get(northwind.with_deadline(0.3), 1)
