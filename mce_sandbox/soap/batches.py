"""Create, Update, Delete and Perform: one object after the other, each with a result of its own."""

from dataclasses import dataclass
from uuid import uuid4

from lxml import etree

from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.rows import RowRefused
from mce_sandbox.soap.elements import child, children, children_of, local, word, xsi_type
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


async def write_objects(operation: str, caller: Caller, message: etree._Element) -> tuple[str, str]:
    """Create, Update or Delete. The answer's body, and its OverallStatus."""
    upsert = any(
        word(each, "SaveAction").lower() == "updateadd"
        for each in children_of(child(message, "Options", "SaveOptions"), "SaveOption")
    )
    outcomes = [
        await _one(caller, element_, ordinal, _verb(operation, xsi_type(element_), upsert=upsert))
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
    results = "".join(f"<Result>{_performed(outcome)}</Result>" for outcome in outcomes)
    return (
        f'<PerformResponseMsg xmlns="{PARTNER}"><Results>{results}</Results>{element("OverallStatus", status)}'
        f"<OverallStatusMessage />{element('RequestID', uuid4())}</PerformResponseMsg>"
    ), status


def _verb(operation: str, object_type: str, *, upsert: bool) -> Verb | None:
    kind = KINDS.get(object_type)
    if kind is None:
        return None
    if upsert and kind.upsert and operation != "Delete":
        return kind.upsert
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
    """A result of Create, Update or Delete in WSDL order, with the echo where there is one."""
    kind = KINDS.get(outcome.object_type)
    typed = f' xsi:type="{kind.results}{operation}Result"' if kind and kind.results else ""
    ordinal = element("OrdinalID", outcome.ordinal)
    ids = element("NewID", outcome.done.new_id if outcome.done else 0) if operation == "Create" else ""
    if refused := outcome.refused:
        problems = _problems(refused) if typed else ""
        return f"<Results{typed}>{_refused(refused, ordinal)}{ids}{problems}</Results>"
    done = outcome.done or Done("")
    if operation == "Create" and done.new_object_id:
        ids += element("NewObjectID", done.new_object_id)
    echo = "" if done.object is None else f'<Object xsi:type="{outcome.object_type}">{done.object}</Object>'
    return f"<Results{typed}>{_succeeded(done)}{ordinal}{ids}{echo}</Results>"


def _performed(outcome: Outcome) -> str:
    """A result of Perform. The recorded one has no OrdinalID when it went well."""
    if outcome.refused:
        return _refused(outcome.refused, element("OrdinalID", outcome.ordinal))
    done = outcome.done or Done("")
    return f'{_succeeded(done)}<Object xsi:type="{outcome.object_type}">{done.object}</Object>{done.more}'


def _succeeded(done: Done) -> str:
    return f"<StatusCode>OK</StatusCode>{element('StatusMessage', done.message)}"


def _refused(refused: Refused, ordinal: str) -> str:
    return (
        f"<StatusCode>Error</StatusCode>{element('StatusMessage', refused.message)}{ordinal}"
        f"{element('ErrorCode', refused.code)}"
    )


def _problems(refused: Refused) -> str:
    """What was wrong with which column of a row."""
    if not isinstance(refused, RowRefused):
        return element("ErrorMessage", refused.message)
    text = element("ErrorMessage", refused.message)
    for holder, name, in_key in (("KeyErrors", "KeyError", True), ("ValueErrors", "ValueError", False)):
        errors = "".join(
            f"<{name}>{element('Name', each.column)}{element('ErrorCode', refused.code)}"
            f"{element('ErrorMessage', each.message)}</{name}>"
            for each in refused.problems
            if each.in_key == in_key
        )
        text += f"<{holder}>{errors}</{holder}>" if errors else ""
    return text
