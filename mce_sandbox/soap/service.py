"""POST /Service.asmx: reads the envelope, looks at the token, does the operation, writes the answer."""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from mce_sandbox.calls import BodyTooLarge, finish_call, limited_body, request_id_of, wait_latency
from mce_sandbox.clock import utc_now
from mce_sandbox.control.call_log import Call
from mce_sandbox.control.faults import transport_fault
from mce_sandbox.soap.batches import perform, write_objects
from mce_sandbox.soap.describing import describe, system_status, version_info
from mce_sandbox.soap.elements import Malformed, child, local, parse, text, word, xsi_type
from mce_sandbox.soap.envelope import FAULT_ACTION, envelope, fault
from mce_sandbox.soap.retrieving import retrieve
from mce_sandbox.world import Caller, World

log = logging.getLogger(__name__)

ACTIONS = {
    "RetrieveRequestMsg": "Retrieve",
    "CreateRequest": "Create",
    "UpdateRequest": "Update",
    "DeleteRequest": "Delete",
    "PerformRequestMsg": "Perform",
    "DefinitionRequestMsg": "Describe",
    "VersionInfoRequestMsg": "VersionInfo",
    "SystemStatusRequestMsg": "GetSystemStatus",
}
Operation = Callable[[Caller, etree._Element], Awaitable[tuple[str, str]]]
OPERATIONS: dict[str, Operation] = {
    "Retrieve": retrieve,
    "Perform": perform,
    "Create": partial(write_objects, "Create"),
    "Update": partial(write_objects, "Update"),
    "Delete": partial(write_objects, "Delete"),
    "Describe": describe,
    "VersionInfo": version_info,
    "GetSystemStatus": system_status,
}


class SoapFault(Exception):
    """Answered as a fault with HTTP 500. `text` is the faultstring."""

    def __init__(self, text: str, *, security: bool = False, code: int | None = None, side: str = "Server") -> None:
        super().__init__(text)
        self.text = text
        self.security = security
        self.code = code
        self.side = side


PRIVATE = frozenset({"Subscriber"})
BROKEN = SoapFault("An exception occurred during the operation.", code=2)
FAULTS = {
    "rate_limited": SoapFault("Rate Limited", code=17),
    "token_expired": SoapFault("Token Expired", security=True),
    "login_failed": SoapFault("Login Failed", security=True),
}


async def service(request: Request) -> Response:
    """One SOAP call."""
    world: World = request.app.state.world
    began, call = time.perf_counter(), Call("SOAP", request_id=request_id_of(request))
    relates_to = ""
    try:
        root = parse(await limited_body(request))
        header, body = child(root, "Header"), child(root, "Body")
        relates_to = word(header, "MessageID")
        if local(root) != "Envelope" or body is None or not len(body):
            raise SoapFault("The SOAP envelope has no body.", side="Client")
        response = await _operate(world, request, call, header, body[0])
    except BodyTooLarge:
        response = Response("The request is too large.", 413, media_type="text/plain")
        call.outcome = "too large"
    except Malformed as error:
        response = _faulted(request, call, SoapFault(f"Malformed request: {error}", side="Client"), relates_to)
    except SoapFault as error:
        response = _faulted(request, call, error, relates_to)
    except Exception:
        log.exception("a SOAP call broke the sandbox")
        response = _faulted(request, call, BROKEN, relates_to)
    if isinstance(response, Answer):
        response = _written(response, relates_to)
    finish_call(world, call, began=began, outcome=call.outcome, http_status=response.status_code)
    return response


class Answer(Response):
    """A body still to be put into its envelope."""

    def __init__(self, action: str, inside: str) -> None:
        super().__init__()
        self.action = action
        self.inside = inside


def _written(answer: Answer, relates_to: str) -> Response:
    return _xml(envelope(answer.action, answer.inside, relates_to), 200)


def _xml(content: bytes, status: int) -> Response:
    return Response(content, status, headers={"content-type": "text/xml; charset=utf-8"})


def _faulted(request: Request, call: Call, error: SoapFault, relates_to: str) -> Response:
    call.outcome = error.text
    inside = fault(
        error.text, actor=f"{request.base_url}Service.asmx", security=error.security, code=error.code,
        side=error.side,
    )  # fmt: skip
    return _xml(envelope(FAULT_ACTION, inside, relates_to), 500)


async def _operate(
    world: World, request: Request, call: Call, header: etree._Element | None, message: etree._Element
) -> Response:
    """Latency, ordered faults around the effect, the token, the operation."""
    operation = ACTIONS.get(local(message), local(message))
    call.operation = operation
    call.object_type, call.name, call.key = _about(operation, message)
    await wait_latency(world)
    if broken := await _ordered_fault(world, request, call, "before"):
        return broken
    caller = _caller(world, call, header)
    work = OPERATIONS.get(operation)
    if work is None:
        raise SoapFault(f"Unable to handle request without a valid action parameter: {operation}", side="Client")
    inside, call.outcome = await work(caller, message)
    if broken := await _ordered_fault(world, request, call, "after"):
        return broken
    return Answer(f"{operation}Response", inside)


async def _ordered_fault(world: World, request: Request, call: Call, moment: str) -> Response | None:
    """Plays a fault that was ordered for this call, if there is one."""
    ordered = world.faults.take(call.operation, call.object_type, moment=moment)
    if ordered is None:
        return None
    call.outcome = f"fault: {ordered.kind}"
    if response := await transport_fault(request, ordered):
        return response
    if ordered.kind in FAULTS:
        raise FAULTS[ordered.kind]
    if ordered.kind in ("server_fault", "error"):
        raise SoapFault(ordered.message, code=2)
    return None


def _caller(world: World, call: Call, header: etree._Element | None) -> Caller:
    """Who the token is of. A token never given and one that has expired are different faults."""
    given = word(header, "fueloauth")
    token = world.tokens.find(given) if given else None
    if token is None:
        raise FAULTS["login_failed"]
    call.mid, call.client_id = token.mid, token.client_id
    if token.expires_at <= utc_now():
        raise FAULTS["token_expired"]
    if not world.throttle.allows(token.mid):
        raise FAULTS["rate_limited"]
    return Caller(world, world.units[token.mid])


def _about(operation: str, message: etree._Element) -> tuple[str, str, str]:
    """Object type, name and key for the call log: of the first object, or of the filter. No value of a row."""
    if operation == "Retrieve":
        request = child(message, "RetrieveRequest")
        object_type, bracket, rest = word(request, "ObjectType").partition("[")
        if bracket or object_type in PRIVATE:
            return object_type, "", rest.removesuffix("]")
        filter_ = child(request, "Filter")
        return object_type, word(filter_, "Property"), word(filter_, "Value")
    first = child(message, "Objects")
    if first is None:
        first = child(message, "Definitions", "Definition")
    if first is None:
        return "", "", ""
    key = "" if xsi_type(first) in PRIVATE else word(first, "CustomerKey") or word(first, "ObjectID")
    return xsi_type(first), text(first, "Name") or "", key
