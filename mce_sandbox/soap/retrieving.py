"""Retrieve: properties checked, filter applied, 2,500 a batch, the rest by ContinueRequest."""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any
from uuid import uuid4

from lxml import etree

from mce_sandbox.soap.continuing import Rest
from mce_sandbox.soap.elements import child, children, number, word
from mce_sandbox.soap.envelope import PARTNER, element
from mce_sandbox.soap.filters import BadFilter, Filter, check_properties, compile_filter, read
from mce_sandbox.soap.kinds import kind_to_retrieve
from mce_sandbox.soap.kinds.kind import Kind, Row
from mce_sandbox.soap.reach import seen
from mce_sandbox.world import Caller

BATCH = 2500


async def retrieve(caller: Caller, message: etree._Element) -> tuple[str, str]:
    """The answer's body, and its OverallStatus for the call log."""
    request = child(message, "RetrieveRequest")
    if request is None:
        return _answer("Error: The RetrieveRequest is missing.", str(uuid4()), [])
    if continued := word(request, "ContinueRequest"):
        return _continue(caller, continued)
    object_type = word(request, "ObjectType")
    kind = kind_to_retrieve(caller, object_type)
    if kind is None:
        return _answer(
            f"Error: Unable to find a handler for object type: {object_type}. Object types are case-sensitive, "
            "check spelling.",
            str(uuid4()),
            [],
        )
    try:
        rows, write = await _find(caller, kind, request)
    except BadFilter as error:
        return _answer(f"Error: {error}", str(uuid4()), [])
    size = number(request, "Options", "BatchSize") or BATCH
    return _batch(caller, Rest(caller.unit.mid, rows, write, min(max(size, 1), BATCH)), str(uuid4()))


async def _find(caller: Caller, kind: Kind, request: etree._Element) -> tuple[list[Row], Callable[[Any], str]]:
    wanted = [(each.text or "").strip() for each in children(request, "Properties")]
    filter_: Filter | None = None
    filter_element = child(request, "Filter")
    if filter_element is not None:
        filter_ = read(filter_element)
    check_properties(kind.shape, wanted, filter_)
    if "*" in wanted:
        # Of rows it may be asked for: MCE then gives none, and no error.
        return [], kind.written([])
    test = compile_filter(filter_, kind.shape) if filter_ and not kind.filters_itself else None
    found: list[Row] = []
    for each in seen(caller, request):
        rows = kind.rows(each.caller, filter_)
        for row in await rows if isawaitable(rows) else rows:
            if (test is None or test(row)) and (not each.shared_only or kind.is_shared(row)):
                found.append(row)
    return found, kind.written(wanted)


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
