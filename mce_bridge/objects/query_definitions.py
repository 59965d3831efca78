"""QueryDefinition: MCE's query activity. Made and started over SOAP; checked and watched over REST."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from mce_bridge import soap
from mce_bridge.account import Account
from mce_bridge.answers import messages_of
from mce_bridge.errors import GenericFailure, UnknownAnswer
from mce_bridge.filters import Filter, both, equals
from mce_bridge.objects import folders
from mce_bridge.times import read_soap_time

TYPE = "QueryDefinition"
PROPERTIES = (
    "ObjectID",
    "CustomerKey",
    "Name",
    "DataExtensionTarget.CustomerKey",
    "DataExtensionTarget.Name",
    "TargetUpdateType",
    "Status",
    "CategoryID",
    "CreatedDate",
)
# A deleted query is still there, inactive.
ACTIVE = equals("Status", "Active")
QUERIES = "automation/v1/queries"

UpdateType = Literal["Overwrite", "Append", "Update"]
REST_UPDATE_TYPES: dict[UpdateType, int] = {"Overwrite": 0, "Update": 1, "Append": 2}


@dataclass(frozen=True)
class QueryDefinition:
    """`created_at` is UTC; None where MCE left it out."""

    object_id: str
    customer_key: str
    name: str
    target_key: str
    target_name: str
    update_type: str
    folder_id: int | None
    created_at: datetime | None


@dataclass(frozen=True)
class NewQuery:
    """A query to make. The key has 36 characters at most: MCE cuts longer ones silently and then does not find them."""

    customer_key: str
    name: str
    sql: str = field(repr=False)
    target_key: str
    target_name: str
    update_type: UpdateType
    folder_id: int | None
    description: str = ""


@dataclass(frozen=True)
class QueryValidation:
    """MCE's word on an SQL text. The messages are MCE's own: they may hold SQL."""

    valid: bool
    errors: tuple[str, ...] = field(repr=False)
    warnings: tuple[str, ...] = field(repr=False)


def create(account: Account, spec: NewQuery) -> QueryDefinition:
    """Raises Rejected, AlreadyExists. SOAP's generic exception is asked again over REST, which can tell more."""
    try:
        object_id = soap.create(account, TYPE, described(spec)).named()
    except GenericFailure:
        object_id = create_over_rest(account, spec)
    return QueryDefinition(
        object_id=object_id,
        customer_key=spec.customer_key,
        name=spec.name,
        target_key=spec.target_key,
        target_name=spec.target_name,
        update_type=spec.update_type,
        folder_id=spec.folder_id,
        created_at=None,
    )


def find_by_key(account: Account, key: str) -> QueryDefinition | None:
    return next(retrieve(account, both(equals("CustomerKey", key), ACTIVE)), None)


def in_folder(account: Account, folder_id: int) -> Iterator[QueryDefinition]:
    return retrieve(account, both(equals("CategoryID", str(folder_id)), ACTIVE))


def start(account: Account, *, object_id: str) -> str:
    """Starts the query and returns MCE's TaskID. Started means queued, no more.

    An error with `outcome_unknown` may have started it all the same.
    """
    task_id = soap.perform_start(account, TYPE, object_id)
    if not task_id:
        raise UnknownAnswer("Marketing Cloud started the query and gave no task.")
    return task_id


def is_running(account: Account, *, object_id: str) -> bool:
    """MCE says no for some seconds right after the start. Raises NotThere."""
    answer = account.rest("GET", f"{QUERIES}/{object_id}/actions/isrunning/", about=TYPE)
    running = answer.get("isRunning") if isinstance(answer, dict) else None
    if not isinstance(running, bool):
        raise UnknownAnswer
    return running


def validate(account: Account, sql: str) -> QueryValidation:
    answer = account.rest("POST", f"{QUERIES}/actions/validate/", json={"Text": sql}, about=TYPE)
    if not isinstance(answer, dict) or not isinstance(answer.get("queryValid"), bool):
        raise UnknownAnswer
    return QueryValidation(
        valid=answer["queryValid"],
        errors=messages_of(answer.get("errors")),
        warnings=messages_of(answer.get("warnings")),
    )


def delete(account: Account, *, object_id: str) -> None:
    """Raises NotThere."""
    soap.delete(account, TYPE, {"ObjectID": object_id})


def retrieve(account: Account, matching: Filter) -> Iterator[QueryDefinition]:
    return (read(row) for row in soap.retrieve(account, TYPE, PROPERTIES, matching))


def described(spec: NewQuery) -> dict[str, Any]:
    return {
        "CustomerKey": spec.customer_key,
        "Name": spec.name,
        "Description": spec.description,
        "QueryText": spec.sql,
        "TargetType": "DE",
        "DataExtensionTarget": {"CustomerKey": spec.target_key, "Name": spec.target_name},
        "TargetUpdateType": spec.update_type,
        # 0 is refused; left out, the query lands in the root folder.
        "CategoryID": spec.folder_id or None,
    }


def create_over_rest(account: Account, spec: NewQuery) -> str:
    answer = account.rest(
        "POST",
        QUERIES,
        json={
            "name": spec.name,
            "key": spec.customer_key,
            "description": spec.description,
            "queryText": spec.sql,
            "targetName": spec.target_name,
            "targetKey": spec.target_key,
            "targetUpdateTypeId": REST_UPDATE_TYPES[spec.update_type],
            "categoryId": spec.folder_id or folders.find_root(account, "queryactivity").id,
        },
        about=TYPE,
    )
    object_id = answer.get("queryDefinitionId") if isinstance(answer, dict) else None
    if not isinstance(object_id, str):
        raise UnknownAnswer
    return object_id


def read(row: Any) -> QueryDefinition:
    if not row.ObjectID or not row.CustomerKey:
        raise UnknownAnswer("Marketing Cloud gave a query without its id or key.")
    target = row.DataExtensionTarget
    return QueryDefinition(
        object_id=row.ObjectID,
        customer_key=row.CustomerKey,
        name=row.Name or "",
        target_key=(target.CustomerKey or "") if target is not None else "",
        target_name=(target.Name or "") if target is not None else "",
        update_type=row.TargetUpdateType or "",
        folder_id=row.CategoryID,
        created_at=read_soap_time(row.CreatedDate),
    )
