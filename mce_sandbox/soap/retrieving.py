"""Retrieve: properties checked, filter applied, 2,500 a batch, the rest by ContinueRequest."""

from uuid import uuid4

from lxml import etree

from mce_sandbox.soap.continuing import Rest
from mce_sandbox.soap.elements import child, children, number, word
from mce_sandbox.soap.envelope import PARTNER, element
from mce_sandbox.soap.filters import BadFilter, Filter, compile_filter, properties, read
from mce_sandbox.soap.kinds import KINDS
from mce_sandbox.soap.kinds.kind import Kind
from mce_sandbox.world import Caller

BATCH = 2500


def retrieve(caller: Caller, message: etree._Element) -> tuple[str, str]:
    """The answer's body, and its OverallStatus for the call log."""
    request = child(message, "RetrieveRequest")
    if request is None:
        return _answer("Error: The RetrieveRequest is missing.", str(uuid4()), [])
    if continued := word(request, "ContinueRequest"):
        return _continue(caller, continued)
    object_type = word(request, "ObjectType")
    kind = KINDS.get(object_type)
    if kind is None:
        return _answer(
            f"Error: Unable to find a handler for object type: {object_type}. Object types are case-sensitive, "
            "check spelling.",
            str(uuid4()),
            [],
        )
    try:
        results = _results(caller, kind, request)
    except BadFilter as error:
        return _answer(f"Error: {error}", str(uuid4()), [])
    size = number(request, "Options", "BatchSize") or BATCH
    return _batch(caller, Rest(caller.unit.mid, object_type, results, min(max(size, 1), BATCH)), str(uuid4()))


def _results(caller: Caller, kind: Kind, request: etree._Element) -> list[str]:
    wanted = [(each.text or "").strip() for each in children(request, "Properties")]
    filter_: Filter | None = None
    filter_element = child(request, "Filter")
    if filter_element is not None:
        filter_ = read(filter_element)
    unknown = kind.shape.unknown(wanted + (properties(filter_) if filter_ else []))
    if unknown:
        raise BadFilter(
            f"The Request Property(s) {', '.join(unknown)} do not match with the fields of {kind.object_type} retrieve"
        )
    test = compile_filter(filter_, kind.shape) if filter_ else None
    rows = [row for row in kind.rows(caller, filter_) if test is None or test(row)]
    if kind.write:
        return [kind.write(row, wanted) for row in rows]
    return [kind.shape.result(row, wanted) for row in rows]


def _continue(caller: Caller, request_id: str) -> tuple[str, str]:
    rest = caller.world.continuations.take(request_id, caller.unit.mid)
    if rest is None:
        return _answer("Error: The RequestID sent through ContinueRequest does not exist.", request_id, [])
    return _batch(caller, rest, request_id)


def _batch(caller: Caller, rest: Rest, request_id: str) -> tuple[str, str]:
    now, later = rest.results[: rest.batch_size], rest.results[rest.batch_size :]
    if later:
        caller.world.continuations.keep(request_id, Rest(rest.mid, rest.object_type, later, rest.batch_size))
    return _answer("MoreDataAvailable" if later else "OK", request_id, now)


def _answer(status: str, request_id: str, results: list[str]) -> tuple[str, str]:
    return (
        f'<RetrieveResponseMsg xmlns="{PARTNER}">{element("OverallStatus", status)}'
        f"{element('RequestID', request_id)}{''.join(results)}</RetrieveResponseMsg>"
    ), status
