"""Create, Update, Delete and Perform: one object after the other, each with a result of its own."""

from dataclasses import dataclass
from uuid import uuid4

from lxml import etree

from mce_sandbox.objects.refusals import Refused
from mce_sandbox.soap.elements import child, children, local, word, xsi_type
from mce_sandbox.soap.envelope import PARTNER, element
from mce_sandbox.soap.kinds import KINDS
from mce_sandbox.soap.kinds.kind import Done, Verb
from mce_sandbox.world import Caller


@dataclass(frozen=True)
class Outcome:
    """One object's result: what was done, or why not."""

    ordinal: int
    object_type: str
    done: Done | None = None
    refused: Refused | None = None


async def write_objects(caller: Caller, operation: str, message: etree._Element) -> tuple[str, str]:
    """Create, Update or Delete. The answer's body, and its OverallStatus."""
    outcomes = [
        await _one(caller, element_, ordinal, _verb(operation, xsi_type(element_)))
        for ordinal, element_ in enumerate(children(message, "Objects"))
    ]
    status = _overall(outcomes)
    results = "".join(_result(outcome, operation) for outcome in outcomes)
    return (
        f'<{operation}Response xmlns="{PARTNER}">{results}{element("RequestID", uuid4())}'
        f"{element('OverallStatus', status)}</{operation}Response>"
    ), status


async def perform(caller: Caller, message: etree._Element) -> tuple[str, str]:
    """Perform, here always `start`. The answer's body, and its OverallStatus."""
    action, definitions = word(message, "Action").lower(), child(message, "Definitions")
    outcomes = []
    for ordinal, definition in enumerate(definitions if definitions is not None else []):
        kind = KINDS.get(xsi_type(definition))
        verb = kind.perform.get(action) if kind and local(definition) == "Definition" else None
        outcomes.append(await _one(caller, definition, ordinal, verb))
    status = _overall(outcomes)
    results = "".join(f"<Result>{_inside(outcome, '')}</Result>" for outcome in outcomes)
    return (
        f'<PerformResponseMsg xmlns="{PARTNER}"><Results>{results}</Results>{element("OverallStatus", status)}'
        f"<OverallStatusMessage />{element('RequestID', uuid4())}</PerformResponseMsg>"
    ), status


def _verb(operation: str, object_type: str) -> Verb | None:
    kind = KINDS.get(object_type)
    if kind is None:
        return None
    return {"Create": kind.create, "Update": kind.update, "Delete": kind.delete}[operation]


async def _one(caller: Caller, wanted: etree._Element, ordinal: int, verb: Verb | None) -> Outcome:
    object_type = xsi_type(wanted)
    if verb is None:
        return Outcome(ordinal, object_type, refused=Refused("This method is not allowed on this object type.", 5))
    try:
        return Outcome(ordinal, object_type, done=await verb(caller, wanted))
    except Refused as refused:
        return Outcome(ordinal, object_type, refused=refused)


def _overall(outcomes: list[Outcome]) -> str:
    refused = sum(1 for outcome in outcomes if outcome.refused)
    if not refused and outcomes:
        return "OK"
    return "Error" if refused == len(outcomes) else "Has Errors"


def _result(outcome: Outcome, operation: str) -> str:
    ids = ""
    if operation == "Create" and outcome.done:
        ids = element("NewID", outcome.done.new_id)
        if outcome.done.new_object_id:
            ids += element("NewObjectID", outcome.done.new_object_id)
    elif operation == "Create":
        ids = element("NewID", 0)
    return f"<Results>{_inside(outcome, ids)}</Results>"


def _inside(outcome: Outcome, ids: str) -> str:
    """A result in WSDL order. The echo of a Create is an Object; a Perform brings its own elements."""
    ordinal = element("OrdinalID", outcome.ordinal)
    if outcome.refused:
        return (
            f"<StatusCode>Error</StatusCode>{element('StatusMessage', outcome.refused.message)}{ordinal}"
            f"{element('ErrorCode', outcome.refused.code)}{ids}"
        )
    if outcome.done is None:
        raise AssertionError("an outcome is done or refused")
    echo = outcome.done.object or ""
    if ids and echo:
        echo = f'<Object xsi:type="{outcome.object_type}">{echo}</Object>'
    head = f"<StatusCode>OK</StatusCode>{element('StatusMessage', outcome.done.message)}"
    # Perform's recorded result has no OrdinalID.
    return f"{head}{ordinal}{ids}{echo}" if ids or not echo else f"{head}{echo}"
