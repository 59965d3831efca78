"""What has to be true of the sandbox and of the real service alike; see CONTRIBUTING.md for how to ask the real one."""

from collections.abc import Iterator

import httpx
import pytest

from tests.mce_sandbox.client import PARTNER, equals, simple
from tests.mce_sandbox.verified import REAL_SECONDS, Account, Made, access, is_real, make

pytestmark = [pytest.mark.verified, pytest.mark.timeout(REAL_SECONDS + 300 if is_real() else 300)]
TAKEN = "Updating an existing Data Extension definition is not allowed when doing an add-only operation. "


@pytest.fixture(scope="module")
def account(address: str) -> Iterator[Account]:
    with httpx.Client(timeout=60) as http:
        yield Account(http, access(address))


@pytest.fixture(scope="module")
def made(account: Account) -> Iterator[Made]:
    yield from make(account)


def row(made: Made, inside: str) -> str:
    return f"<CustomerKey>{made.extension_key}</CustomerKey>{inside}"


def properties(number: int, word: str) -> str:
    pairs = "".join(
        f"<Property><Name>{name}</Name><Value>{value}</Value></Property>"
        for name, value in (("Id", number), ("Word", word))
    )
    return f"<Properties>{pairs}</Properties>"


def there(account: Account, made: Made) -> list[list[str | None]]:
    found = account.retrieve(f"DataExtensionObject[{made.extension_key}]", "Id Word")
    rows = [[each.findtext("Value") for each in row.findall("Properties/Property")] for row in found.all("Results")]
    return sorted(rows, key=str)


def test_a_token_says_where_to_ask_and_for_how_long(account: Account) -> None:
    granted = account.granted
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 1079)
    assert granted["soap_instance_url"].endswith("/")
    assert granted["rest_instance_url"].endswith("/")
    assert "refresh_token" not in granted


def test_a_made_up_token_is_a_fault_of_security(account: Account) -> None:
    asked = "<RetrieveRequest><ObjectType>DataFolder</ObjectType><Properties>ID</Properties></RetrieveRequest>"
    answer = account.soap(f'<RetrieveRequestMsg xmlns="{PARTNER}">{asked}</RetrieveRequestMsg>', token="made-up")
    assert str(answer.value("faultcode")).rpartition(":")[2] == "Security"
    assert str(answer.value("faultstring")).lower() == "login failed"


def test_the_folder_is_found_where_it_was_put(account: Account, made: Made) -> None:
    found = account.retrieve("DataFolder", "Name ContentType ObjectID", equals("ID", made.folder_id))
    assert (found.value("Results/Name"), found.value("Results/ContentType")) == (made.word, "dataextension")
    assert found.value("Results/ObjectID") == ""


def test_the_data_extension_lies_in_the_folder(account: Account, made: Made) -> None:
    found = account.retrieve("DataExtension", "Name CategoryID", equals("CustomerKey", made.extension_key))
    assert (found.value("Results/Name"), found.value("Results/CategoryID")) == (made.word, made.folder_id)


def test_fields_have_an_ordinal_and_a_length_where_the_type_has_one(account: Account, made: Made) -> None:
    found = account.retrieve(
        "DataExtensionField", "Name Ordinal FieldType IsPrimaryKey",
        equals("DataExtension.CustomerKey", made.extension_key),
    )  # fmt: skip
    told = {
        each.findtext("Name"): (each.findtext("Ordinal"), each.findtext("FieldType")) for each in found.all("Results")
    }
    assert told == {"Id": ("0", "Number"), "Word": ("1", "Text")}


def test_its_name_is_taken(account: Account, made: Made) -> None:
    field = "<Fields><Field><Name>Id</Name><FieldType>Number</FieldType></Field></Fields>"
    again = account.create(
        "DataExtension", f"<CustomerKey>{made.extension_key}</CustomerKey><Name>{made.word}</Name>{field}"
    )
    assert (again.status, again.value("Results/StatusCode")) == (200, "Error")
    assert str(again.value("Results/StatusMessage")).strip() == TAKEN.strip()


def test_rows_are_made_changed_and_deleted(account: Account, made: Made) -> None:
    first = account.create("DataExtensionObject", row(made, properties(1, "one")))
    assert first.value("Results/StatusMessage") == "Created DataExtensionObject"
    account.create("DataExtensionObject", row(made, properties(2, "two")))
    account.update("DataExtensionObject", row(made, properties(2, "zwei")))
    assert there(account, made) == [["1", "one"], ["2", "zwei"]]
    for number in (1, 2):
        keys = f"<Keys><Key><Name>Id</Name><Value>{number}</Value></Key></Keys>"
        account.delete("DataExtensionObject", row(made, keys))
    assert there(account, made) == []


def test_a_query_runs_into_the_rowset_and_is_deleted_softly(account: Account, made: Made) -> None:
    started = account.perform(f"<ObjectID>{made.query_id}</ObjectID>")
    assert started.value("Results/Result/StatusMessage") == "QueryDefinition perform called successfully"
    task = started.value("Results/Result/Task/ID") or ""
    assert task.isdecimal()
    assert account.wait(made.query_id, task) not in ("Error", "FatalError")
    assert account.late_rows(made.extension_key) == [{"id": "7", "word": "Zoë"}]
    deleted = account.delete("QueryDefinition", f"<ObjectID>{made.query_id}</ObjectID>")
    assert deleted.value("OverallStatus") == "OK"
    found = account.retrieve("QueryDefinition", "Status", equals("ObjectID", made.query_id))
    assert [each for each in found.texts("Results/Status") if each == "Active"] == []


@pytest.mark.parametrize(
    ("object_type", "name", "status"),
    [
        (
            "DataFolder", "ParentFolderID",
            "Error: The Request Property(s) ParentFolderID do not match with the fields of DataFolder retrieve",
        ),
        (
            "dataextension", "Name",
            "Error: Unable to find a handler for object type: dataextension. Object types are case-sensitive, check "
            "spelling.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_retrieved_is_named(account: Account, object_type: str, name: str, status: str) -> None:
    answer = account.retrieve(object_type, name, simple("Name", "isNotNull"))
    assert (answer.status, answer.value("OverallStatus")) == (200, status)


def test_nothing_found_is_ok_and_has_no_results(account: Account) -> None:
    answer = account.retrieve("DataExtension", "Name", equals("CustomerKey", "no-such-key-anywhere"))
    assert (answer.value("OverallStatus"), answer.all("Results")) == ("OK", [])
