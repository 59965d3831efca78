"""Salesforce's own Python client against one account; tells what came of it as JSON. Runs in an environment of its own.

Arguments: address of the sandbox, account, a folder for the client's files, a word that makes names unique.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from FuelSDK import (
    ET_Client,
    ET_DataExtension,
    ET_DataExtension_Column,
    ET_DataExtension_Row,
    ET_Folder,
    ET_Subscriber,
)
from FuelSDK.rest import ET_Get, ET_Post


def main(address: str, account: str, folder: str, word: str) -> dict[str, Any]:
    client = ET_Client(
        params={
            "clientid": "northwind-app",
            "clientsecret": "northwind-secret-for-the-sandbox",
            "defaultwsdl": f"{address}/etframework.wsdl",
            "authenticationurl": address,
            "useOAuth2Authentication": "True",
            "accountId": account,
            "wsdl_file_local_loc": str(Path(folder) / "wsdl.xml"),
        }
    )
    key = f"fuel-{word}"
    return {
        "folders": folders(client),
        "made": make(client, key),
        "columns": columns(client, key),
        "rows": rows(client, key),
        "query": query(client, key),
        "batches": batches(client, account),
        "described": described(client),
        "subscriber": subscriber(client, word),
    }


def with_client(wrapper: Any, client: ET_Client, **attributes: Any) -> Any:
    wrapper.auth_stub = client
    for name, value in attributes.items():
        setattr(wrapper, name, value)
    return wrapper


def equals(name: str, value: str) -> dict[str, str]:
    return {"Property": name, "SimpleOperator": "equals", "Value": value}


def told(answer: Any) -> list[Any]:
    return [answer.code, answer.status, answer.message]


def folders(client: ET_Client) -> list[Any]:
    roots = {
        "LeftOperand": equals("ContentType", "dataextension"),
        "LogicalOperator": "AND",
        "RightOperand": equals("ParentFolder.ID", "0"),
    }
    found = with_client(ET_Folder(), client, props=["ID", "CustomerKey"], search_filter=roots).get()
    return [*told(found), [each.CustomerKey for each in found.results]]


def make(client: ET_Client, key: str) -> list[Any]:
    """A data extension, whose name is not its key."""
    wanted = {"Name": f"Named {key}", "CustomerKey": key, "Description": "Grüße"}
    fields = [
        {"Name": "Id", "FieldType": "Number", "IsPrimaryKey": "true", "IsRequired": "true"},
        {"Name": "Word", "FieldType": "Text", "MaxLength": "50"},
    ]
    made = with_client(ET_DataExtension(), client, props=wanted, columns=fields).post()
    found = with_client(
        ET_DataExtension(), client, props=["Name", "Description"], search_filter=equals("CustomerKey", key)
    ).get()
    return [*told(made), made.results[0].StatusMessage, [[each.Name, each.Description] for each in found.results]]


def columns(client: ET_Client, key: str) -> list[Any]:
    found = with_client(
        ET_DataExtension_Column(), client, props=["Name", "Ordinal", "IsPrimaryKey"],
        search_filter=equals("DataExtension.CustomerKey", key),
    ).get()  # fmt: skip
    return sorted([each.Ordinal, each.Name, each.IsPrimaryKey] for each in found.results)


def rows(client: ET_Client, key: str) -> list[Any]:
    """Two rows made, one changed, one deleted; what is there after each step."""

    def row(**props: str) -> Any:
        return with_client(ET_DataExtension_Row(), client, CustomerKey=key, props=props)

    def there() -> list[list[Any]]:
        # The client puts the data extension's name into the object type.
        found = with_client(ET_DataExtension_Row(), client, CustomerKey=key, props=["Id", "Word"]).get()
        return sorted([each.Value for each in row.Properties.Property] for row in found.results)

    steps = [row(Id="1", Word="Zoë").post(), row(Id="2", Word="<&>").post()]
    first = there()
    steps.append(row(Id="2", Word="two").patch())
    second = there()
    steps.append(row(Id="1").delete())
    again = row(Id="2", Word="again").post()
    return [
        [step.results[0].StatusMessage for step in steps],
        first,
        second,
        there(),
        [again.status, again.results[0].StatusCode],
    ]


def query(client: ET_Client, key: str) -> list[Any]:
    """A query that reads the rows and writes them back, made, started, waited for."""
    target = client.soap_client.factory.create("InteractionBaseObject")
    target.CustomerKey, target.Name = key, f"Named {key}"
    made = ET_Post(
        client,
        "QueryDefinition",
        {
            "Name": f"Query {key}",
            "CustomerKey": f"q-{key}",
            "QueryText": "SELECT TOP 1 7 AS Id, 'from a query' AS Word FROM Stores",
            "TargetType": "DE",
            "DataExtensionTarget": target,
            "TargetUpdateType": "Overwrite",
        },
    )
    definition = client.soap_client.factory.create("QueryDefinition")
    definition.ObjectID = made.results[0].NewObjectID
    code, performed = client.soap_client.service.Perform(None, "start", {"Definition": [definition]})
    result = performed.Results.Result[0]
    ended = wait(client, str(result.Task.ID))
    found = with_client(ET_DataExtension_Row(), client, CustomerKey=key, props=["Id", "Word"]).get()
    values = [[each.Value for each in row.Properties.Property] for row in found.results]
    return [*told(made), code, result.StatusMessage, ended, values]


def wait(client: ET_Client, task: str) -> str:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = ET_Get(client, "AsyncActivityStatus", ["Status"], equals("TaskID", task))
        status = str(found.results[0].Properties.Property[0].Value)
        if status not in ("Queued", "Processing"):
            return status
        time.sleep(0.05)
    return "still running"


def batches(client: ET_Client, account: str) -> list[Any]:
    """More rows than come at once: the client continues without naming a type."""
    orders = with_client(ET_DataExtension_Row(), client, CustomerKey=f"order-lines-2026-{account}", props=["OrderID"])
    orders.search_filter = {"Property": "OrderID", "SimpleOperator": "lessThanOrEqual", "Value": "3000"}
    first = orders.get()
    second = orders.getMoreResults()
    return [first.message, len(first.results), second.message, len(second.results)]


def described(client: ET_Client) -> list[str]:
    """Without properties the client describes a type and asks for all that can be retrieved."""
    found = with_client(ET_Folder(), client, search_filter=equals("CustomerKey", "queryactivity_default")).get()
    return [str(found.message), str(found.results[0].Name), str(found.results[0].ContentType)]


def subscriber(client: ET_Client, word: str) -> list[Any]:
    """Made, and changed the second time: the client takes code 12014 for "exists"."""
    email = f"{word}@northwind.example"
    made = client.AddSubscriberToList(email, [1], email)
    again = client.AddSubscriberToList(email, [1], email)
    found = with_client(
        ET_Subscriber(), client, props=["EmailAddress", "Status"], search_filter=equals("SubscriberKey", email)
    ).get()
    return [
        made.results[0].StatusMessage,
        again.results[0].StatusMessage,
        [[str(each.EmailAddress), str(each.Status)] for each in found.results],
    ]


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout, default=str)
