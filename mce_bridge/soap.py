"""The four things that we ask of MCE over SOAP, with their answers checked: create, retrieve, perform, delete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mce_bridge import envelopes
from mce_bridge.account import Account
from mce_bridge.answers import RESULTS, RETRIEVES, look_up
from mce_bridge.errors import UnknownAnswer
from mce_bridge.filters import Both, Filter


@dataclass(frozen=True)
class Created:
    """MCE numbers folders and gives everything else an ObjectID."""

    number: int
    object_id: str

    def numbered(self) -> int:
        """Raises UnknownAnswer where MCE gave no number."""
        if self.number <= 0:
            raise UnknownAnswer("Marketing Cloud made it and gave no id.")
        return self.number

    def named(self) -> str:
        """Raises UnknownAnswer where MCE gave no ObjectID."""
        if not self.object_id:
            raise UnknownAnswer("Marketing Cloud made it and gave no id.")
        return self.object_id


def create(account: Account, type_name: str, values: dict[str, Any]) -> Created:
    answer = account.soap("Create", {"Objects": [envelopes.make(type_name, values)]}, about=type_name)
    result = the_only(answer.Results, answer=answer, type_name=type_name)
    return Created(number=result.NewID or 0, object_id=result.NewObjectID or "")


def delete(account: Account, type_name: str, values: dict[str, Any]) -> None:
    answer = account.soap("Delete", {"Objects": [envelopes.make(type_name, values)]}, about=type_name)
    the_only(answer.Results, answer=answer, type_name=type_name)


def perform_start(account: Account, type_name: str, object_id: str) -> str:
    """Starts an object and returns its TaskID. MCE wants the ObjectID; a customer key ends in an error."""
    definition = envelopes.make(type_name, {"ObjectID": object_id})
    message = {"Action": "start", "Definitions": {"Definition": [definition]}}
    answer = account.soap("Perform", message, about=type_name)
    result = the_only(answer.Results.Result if answer.Results is not None else None, answer=answer, type_name=type_name)
    return (result.Task.ID or "") if result.Task is not None else ""


def retrieve(account: Account, type_name: str, properties: Sequence[str], matching: Filter) -> Iterator[Any]:
    """All objects that match, batch after batch: MCE gives 2,500 at a time."""
    request: dict[str, Any] = {
        "ObjectType": type_name,
        "Properties": list(properties),
        "Filter": described(matching),
    }
    while True:
        answer = account.soap("Retrieve", {"RetrieveRequest": request}, about=type_name)
        status = answer.OverallStatus or ""
        if status not in {"OK", "MoreDataAvailable"}:
            raise look_up(RETRIEVES, message=status, about=type_name)
        yield from answer.Results or []
        if status == "OK":
            return
        if not answer.RequestID:
            raise UnknownAnswer
        request = {"ObjectType": type_name, "ContinueRequest": answer.RequestID}


def properties(found: Any) -> dict[str, str]:
    """The properties of an ObjectExtension, the way MCE gives what its WSDL does not know."""
    inside = found.Properties.Property if found.Properties is not None else None
    return {part.Name: part.Value or "" for part in inside or [] if part.Name}


def the_only(results: Sequence[Any] | None, *, answer: Any, type_name: str) -> Any:
    """The result of a request about one object; raises what it means if it is not OK, or what is said without one."""
    if not results:
        raise look_up(RESULTS, message=answer.OverallStatus or "", about=type_name)
    if len(results) != 1:
        raise UnknownAnswer
    result = results[0]
    if result.StatusCode != "OK":
        codes = (result.ErrorCode, None)
        raise look_up(RESULTS, codes=codes, message=result.StatusMessage or "", about=type_name)
    return result


def described(matching: Filter) -> Any:
    if isinstance(matching, Both):
        operands = {
            "LeftOperand": described(matching.left),
            "LogicalOperator": "AND",
            "RightOperand": described(matching.right),
        }
        return envelopes.make("ComplexFilterPart", operands)
    return envelopes.make(
        "SimpleFilterPart",
        {
            "Property": matching.property,
            "SimpleOperator": matching.operator,
            "Value": list(matching.values),
        },
    )
