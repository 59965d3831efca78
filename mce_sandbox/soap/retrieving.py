"""Retrieve: properties checked, filter applied, 2,500 a batch, the rest by ContinueRequest."""

from inspect import isawaitable
from uuid import uuid4

from lxml import etree

from mce_sandbox.objects.field_changes import between_changes
from mce_sandbox.soap.continuing import Found, Rest
from mce_sandbox.soap.elements import child, children, number, word
from mce_sandbox.soap.envelope import PARTNER, element
from mce_sandbox.soap.filters import BadFilter, Filter, check_properties, compile_filter, read
from mce_sandbox.soap.kinds import kind_to_retrieve
from mce_sandbox.soap.kinds.kind import Kind
from mce_sandbox.soap.reach import Seen, seen
from mce_sandbox.world import Caller

BATCH = 2500


async def retrieve(caller: Caller, message: etree._Element) -> tuple[str, str]:
    """The answer's body, and its OverallStatus for the call log."""
    request = child(message, "RetrieveRequest")
    if request is None:
        return _answer("Error: The RetrieveRequest is missing.", str(uuid4()), [])
    if continued := word(request, "ContinueRequest"):
        return _continue(caller, continued)
    try:
        found = await between_changes(lambda: _find(caller, request))
    except BadFilter as error:
        return _answer(f"Error: {error}", str(uuid4()), [])
    size = number(request, "Options", "BatchSize") or BATCH
    return _batch(caller, Rest(caller.unit.mid, found, min(max(size, 1), BATCH)), str(uuid4()))


async def _find(caller: Caller, request: etree._Element) -> list[Found]:
    """The objects of all accounts that are looked into. Raises BadFilter."""
    object_type = word(request, "ObjectType")
    wanted = [(each.text or "").strip() for each in children(request, "Properties")]
    filter_element = child(request, "Filter")
    filter_ = None if filter_element is None else read(filter_element)
    # The rows of a data extension are a type that one account has and another has not.
    kinds = [(each, kind_to_retrieve(each.caller, object_type)) for each in seen(caller, request)]
    if not any(kind for _, kind in kinds):
        raise BadFilter(
            f"Unable to find a handler for object type: {object_type}. Object types are case-sensitive, check spelling."
        )
    found: list[Found] = []
    for each, kind in kinds:
        if kind:
            found += await _find_there(each, kind, wanted, filter_)
    return found


async def _find_there(there: Seen, kind: Kind, wanted: list[str], filter_: Filter | None) -> list[Found]:
    check_properties(kind.shape, wanted, filter_)
    if "*" in wanted:
        # Of rows it may be asked for: MCE then gives none, and no error.
        return []
    test = compile_filter(filter_, kind.shape) if filter_ and not kind.filters_itself else None
    write = kind.written(wanted)
    rows = kind.rows(there.caller, filter_)
    return [
        Found(write, row)
        for row in (await rows if isawaitable(rows) else rows)
        if (test is None or test(row)) and (not there.shared_only or kind.is_shared(row))
    ]


def _continue(caller: Caller, request_id: str) -> tuple[str, str]:
    rest = caller.world.continuations.take(request_id, caller.unit.mid)
    if rest is None:
        return _answer("Error: The RequestID sent through ContinueRequest does not exist.", request_id, [])
    return _batch(caller, rest, request_id)


def _batch(caller: Caller, rest: Rest, request_id: str) -> tuple[str, str]:
    results, later = rest.batch()
    if later:
        caller.world.continuations.keep(request_id, later)
    return _answer("MoreDataAvailable" if later else "OK", request_id, results)


def _answer(status: str, request_id: str, results: list[str]) -> tuple[str, str]:
    return (
        f'<RetrieveResponseMsg xmlns="{PARTNER}">{element("OverallStatus", status)}'
        f"{element('RequestID', request_id)}{''.join(results)}</RetrieveResponseMsg>"
    ), status
