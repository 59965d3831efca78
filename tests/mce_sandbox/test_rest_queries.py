"""Query definitions over REST."""

from typing import Any

import httpx
import pytest

from tests.mce_sandbox.client import Mce, equals, unique

QUERIES = "/automation/v1/queries"
PREFIX = "Error saving the Query field.<br />"


def root(mce: Mce) -> str:
    found = mce.retrieve("DataFolder", "ID", equals("CustomerKey", "queryactivity_default")).value("Results/ID")
    assert found
    return found


def wanted(mce: Mce, **changes: Any) -> dict[str, Any]:
    """The body that creates a query with a target of its own."""
    name, key = mce.seed("Id Number")
    return {
        "name": unique("Rest"), "key": unique("rest-query"), "queryText": "SELECT 7 AS Id", "targetName": name,
        "targetKey": key, "targetUpdateTypeId": 0, "categoryId": root(mce),
    } | changes  # fmt: skip


def create(mce: Mce, **changes: Any) -> dict[str, Any]:
    answer = mce.rest("POST", QUERIES, json=wanted(mce, **changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def refusal(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    message: str = answer.json()["message"]
    return message


def test_a_query_has_all_its_fields(mce: Mce) -> None:
    body = wanted(mce, description="Seven")
    made = mce.rest("POST", QUERIES, json=body).json()
    assert made.pop("validatedQueryText") == "SELECT 7 AS Id"
    assert made == mce.rest("GET", f"{QUERIES}/{made['queryDefinitionId']}").json()
    target = mce.retrieve("DataExtension", "ObjectID", equals("CustomerKey", body["targetKey"]))
    dates = made.pop("createdDate"), made.pop("modifiedDate")
    assert dates[0] == dates[1]
    assert made == {
        "queryDefinitionId": made["queryDefinitionId"], "name": body["name"], "key": body["key"],
        "description": "Seven", "queryText": "SELECT 7 AS Id", "targetName": body["targetName"],
        "targetKey": body["targetKey"], "targetId": target.value("Results/ObjectID"), "targetDescription": "",
        "targetUpdateTypeId": 0, "targetUpdateTypeName": "Overwrite", "categoryId": int(body["categoryId"]),
        "isFrozen": False,
    }  # fmt: skip


def test_a_query_over_rest_from_create_to_delete(mce: Mce) -> None:
    made = create(mce)
    path = f"{QUERIES}/{made['queryDefinitionId']}"
    assert mce.rest("POST", f"{path}/actions/start/", json={}).status_code == 400
    assert mce.rest("POST", f"{path}/actions/start/").json() == "OK"
    while (told := mce.rest("GET", f"{path}/actions/isrunning/").json())["isRunning"]:
        pass
    assert told == {"queryDefinitionId": made["queryDefinitionId"], "isRunning": False}
    assert mce.rows(made["targetKey"]) == [{"id": "7"}]
    assert mce.rest("DELETE", path).json() == "OK"


def test_a_deleted_query_is_gone_from_rest_and_inactive_in_soap(mce: Mce) -> None:
    made = create(mce)
    path = f"{QUERIES}/{made['queryDefinitionId']}"
    mce.rest("DELETE", path)
    for method, tail in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/actions/start/")):
        answer = mce.rest(method, f"{path}{tail}")
        assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
    kept = mce.retrieve("QueryDefinition", "Status", equals("ObjectID", made["queryDefinitionId"]))
    assert kept.texts("Results/Status") == ["Inactive"]
    # Its name and key are free again.
    assert create(mce, name=made["name"], key=made["key"])["key"] == made["key"]


@pytest.mark.parametrize("page_size", [10, 100])
def test_a_list_is_told_in_pages_of_25_at_most(mce: Mce, page_size: int) -> None:
    size = min(page_size, 25)
    keys = {create(mce)["key"] for _ in range(26)}
    first = mce.rest("GET", QUERIES, params={"$page": 1, "$pageSize": page_size}).json()
    assert (first["page"], first["pageSize"], len(first["items"])) == (1, size, size)
    pages = -(-first["count"] // size)
    listed = [
        item["key"]
        for page in range(1, pages + 1)
        for item in mce.rest("GET", QUERIES, params={"$page": page, "$pagesize": page_size}).json()["items"]
    ]
    assert len(listed) == len(set(listed)) == first["count"]
    assert keys <= set(listed)
    assert mce.rest("GET", QUERIES, params={"$page": pages + 1}).json()["items"] == []


@pytest.mark.parametrize("asked", [{"$page": 0}, {"$page": "x"}, {"$pageSize": -1}, {"$page": "9" * 5000}])
def test_a_page_that_cannot_be_is_refused(mce: Mce, asked: dict[str, Any]) -> None:
    assert mce.rest("GET", QUERIES, params=asked).status_code == 400


def test_a_patch_changes_what_is_given_and_nothing_else(mce: Mce) -> None:
    made = create(mce)
    path = f"{QUERIES}/{made['queryDefinitionId']}"
    changed = mce.rest("PATCH", path, json={"queryText": "SELECT 8 AS Id", "description": "Eight"})
    assert changed.status_code == 200
    answer = changed.json()
    assert answer.pop("validatedQueryText") == "SELECT 8 AS Id"
    made.pop("validatedQueryText")
    assert answer["modifiedDate"] > made["modifiedDate"]
    assert answer == made | {
        "queryText": "SELECT 8 AS Id", "description": "Eight", "modifiedDate": answer["modifiedDate"],
    }  # fmt: skip
    assert mce.rest("GET", path).json() == answer


def test_a_patch_gives_another_target_key_and_name(mce: Mce) -> None:
    made, other = create(mce), mce.seed("Id Number key")
    path = f"{QUERIES}/{made['queryDefinitionId']}"
    name, key = unique("Renamed"), unique("renamed")
    changed = mce.rest("PATCH", path, json={"targetName": other[0], "targetUpdateTypeId": 1, "name": name, "key": key})
    answer = changed.json()
    assert (answer["targetName"], answer["targetKey"]) == other
    assert (answer["targetUpdateTypeName"], answer["name"], answer["key"]) == ("Update", name, key)
    # The old name and key are free, the new ones are not.
    assert create(mce, name=made["name"], key=made["key"])["name"] == made["name"]
    assert mce.rest("POST", QUERIES, json=wanted(mce, key=key)).status_code == 400
    assert mce.retrieve("QueryDefinition", "Name", equals("CustomerKey", key)).texts("Results/Name") == [name]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"queryText": "SELECT Nope FROM Customers"}, PREFIX + "Invalid column name 'Nope'"),
        ({"queryText": "SELECT 1 AS Other"}, PREFIX + "Field 'Id' is required for the Target Data Extension"),
        (
            {"queryText": "WITH a AS (SELECT 1 AS Id) SELECT Id FROM a"},
            PREFIX + "Only SELECT queries are valid. Select must be the first word of the query.",
        ),
        ({"name": " "}, "QueryDefinition Name is required."),
        ({"categoryId": 1}, "CategoryID 1 is not a valid folder of type queryactivity."),
        ({"targetKey": "nothing"}, "The target data extension was not found."),
        ({"targetUpdateTypeId": 3}, "targetUpdateTypeId must be 0, 1 or 2."),
        ({"targetUpdateTypeId": [0]}, "targetUpdateTypeId must be 0, 1 or 2."),
        ({"queryText": 5}, "queryText must be a text."),
        ({"categoryId": "9" * 5000}, "Pages, their sizes and categoryId must be positive numbers."),
    ],
)
def test_what_cannot_be_saved_is_refused_and_changes_nothing(
    mce: Mce, change: dict[str, Any], message: str
) -> None:  # fmt: skip
    name, key = mce.seed("Id Number required")
    assert refusal(mce.rest("POST", QUERIES, json=wanted(mce, targetName=name, targetKey=key) | change)) == message
    made = create(mce, targetName=name, targetKey=key)
    path = f"{QUERIES}/{made['queryDefinitionId']}"
    assert refusal(mce.rest("PATCH", path, json=change)) == message
    made.pop("validatedQueryText")
    assert mce.rest("GET", path).json() == made


@pytest.mark.parametrize("shape", ["errors", "validationErrors"])
def test_a_rejection_has_other_shapes_too(mce: Mce, shape: str) -> None:
    mce.http.patch("/control/dials", json={"rejection_shape": shape})
    answer = mce.rest("POST", QUERIES, json=wanted(mce, queryText="SELECT Nope FROM Customers"))
    assert (answer.status_code, answer.json()) == (400, {shape: [{"message": f"{PREFIX}Invalid column name 'Nope'"}]})


@pytest.mark.parametrize("taken", ["name", "key"])
def test_names_and_keys_of_others_are_taken(mce: Mce, taken: str) -> None:
    made, other = create(mce), create(mce)
    message = "A query definition with this name or customer key already exists."
    assert refusal(mce.rest("POST", QUERIES, json=wanted(mce, **{taken: made[taken].upper()}))) == message
    path = f"{QUERIES}/{other['queryDefinitionId']}"
    assert refusal(mce.rest("PATCH", path, json={taken: made[taken]})) == message
    assert mce.rest("PATCH", path, json={taken: other[taken].upper()}).json()[taken] == other[taken].upper()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_is_refused(mce: Mce, body: bytes) -> None:
    assert refusal(mce.rest("POST", QUERIES, content=body)).startswith("The body is not ")


def test_a_category_is_required_here(mce: Mce) -> None:
    assert refusal(mce.rest("POST", QUERIES, json=wanted(mce, categoryId=0))) == "categoryId is required."


def test_an_update_must_be_named_where_the_target_is_read(mce: Mce) -> None:
    name, key = mce.seed("Id Number key")
    body = wanted(mce, targetName=name, targetKey=key, queryText=f"SELECT Id FROM [{name}]")
    assert refusal(mce.rest("POST", QUERIES, json=body)) == (
        f"{PREFIX}Update Type must be 'Update' or the target data extension cannot appear in the query."
    )
    assert mce.rest("POST", QUERIES, json=body | {"targetUpdateTypeId": 1}).status_code == 201


@pytest.mark.parametrize(
    ("sql", "errors"),
    [
        ("SELECT CustomerID FROM Customers", []),
        ("SELECT Id FROM Nowhere", ["Nowhere is not a known data extension or system data view"]),
        ("SELECT Nope FROM Customers", ["Invalid column name 'Nope'"]),
    ],
)
def test_validate_knows_data_extensions_and_columns(mce: Mce, sql: str, errors: list[str]) -> None:
    assert mce.rest("POST", f"{QUERIES}/actions/validate/", json={"Text": sql}).json() == {
        "queryValid": not errors, "errors": [{"message": message} for message in errors], "warnings": [],
    }  # fmt: skip


def test_validate_wants_its_text_by_the_right_name(mce: Mce) -> None:
    assert refusal(mce.rest("POST", f"{QUERIES}/actions/validate/", json={"queryText": "SELECT 1"})) == (
        "Text is required."
    )


def test_a_started_query_is_said_not_to_run_at_first(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"isrunning_false_seconds": 3600, "hold": True})
    path = f"{QUERIES}/{create(mce)['queryDefinitionId']}"
    mce.rest("POST", f"{path}/actions/start/")
    assert mce.rest("GET", f"{path}/actions/isrunning/").json()["isRunning"] is False
    mce.http.patch("/control/dials", json={"isrunning_false_seconds": 0})
    assert mce.rest("GET", f"{path}/actions/isrunning/").json()["isRunning"] is True


def test_another_business_units_query_is_not_there(mce: Mce, globex: Mce) -> None:
    path = f"{QUERIES}/{create(mce)['queryDefinitionId']}"
    assert globex.rest("GET", path).status_code == 404
    assert globex.rest("PATCH", path, json={"name": "Mine"}).status_code == 404
    assert globex.rest("GET", f"{path}/actions/isrunning/").status_code == 404
