"""SOAP envelopes with zeep, on a small WSDL of our own (wsdl/partner_api.wsdl): values to bytes, answers to values.

zeep writes XML and knows faults; parsing.py parses it, and what a good answer holds is read by reading.py. zeep sends
nothing. Its client is read once per process, from disk, and shared by all threads; nothing of a call is kept in it.
"""

import logging
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from zeep import Client, Settings, Transport
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.wsdl.utils import etree_to_string

from mce_bridge.answers import FAULTS, from_status, look_up
from mce_bridge.errors import MceError, Rejected, UnreadableAnswer
from mce_bridge.parsing import parse
from mce_bridge.reading import Reader, Values
from mce_bridge.transport import Answer

WSDL = Path(__file__).parent / "wsdl" / "partner_api.wsdl"
BINDING = "{http://exacttarget.com/wsdl/partnerAPI}SoapBinding"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE, HEADER, BODY = f"{{{SOAP}}}Envelope", f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"
FAULT = f"{BODY}/{{{SOAP}}}Fault"
TOKEN = "{http://exacttarget.com}fueloauth"  # noqa: S105  the element's name
FAULT_CODE = ".//{urn:fault.partner.exacttarget.com}Code"
MEDIA_TYPES = ("text/xml", "application/xml", "application/soap+xml")

# A value that is not of its type reads as None. zeep would log it with a traceback, and the value may be a customer's.
logging.getLogger("zeep.xsd.types.simple").disabled = True
logging.getLogger("zeep.xsd.elements.attribute").disabled = True


class NoTransport(Transport):
    """Reads our own WSDL and nothing else: neither its imports nor what an answer names come from outside."""

    def load(self, url: str) -> bytes:
        if url != str(WSDL):
            raise ValueError("only our own WSDL is read")
        return WSDL.read_bytes()


@cache
def client() -> Any:
    settings = Settings(
        # Real answers hold elements newer than any WSDL.
        strict=False,
        xsd_ignore_sequence_order=True,
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=True,
    )
    return Client(str(WSDL), transport=NoTransport(), settings=settings)  # type: ignore[no-untyped-call]


def binding() -> Any:
    return client().wsdl.bindings[BINDING]


@cache
def reader() -> Reader:
    return Reader(client().wsdl.types)


@cache
def type_named(name: str) -> Any:
    return client().get_type(f"{{http://exacttarget.com/wsdl/partnerAPI}}{name}")


def make(type_name: str, values: dict[str, Any]) -> Any:
    """An object of an MCE type; where a general one is wanted, it is written with its xsi:type."""
    return type_named(type_name)(**values)


def write(operation: str, values: dict[str, Any], *, token: str) -> bytes:
    """`values` go by the names of the WSDL. Raises Rejected for text that XML cannot hold: control characters, halves
    of a surrogate pair.
    """
    envelope = etree.Element(ENVELOPE, nsmap={"soap-env": SOAP})
    header = etree.SubElement(envelope, HEADER)
    etree.SubElement(header, TOKEN, nsmap={None: "http://exacttarget.com"}).text = token  # type: ignore[dict-item]
    message = binding().get(operation).input.body
    try:
        message.render(etree.SubElement(envelope, BODY), values)
    except ValueError:
        raise Rejected("The text holds characters that cannot be sent to Marketing Cloud.") from None
    return bytes(etree_to_string(envelope))  # type: ignore[no-untyped-call]


def read(operation: str, answer: Answer) -> Values:
    """The answer's values. Raises the error of a fault, UnreadableAnswer for what is no answer at all."""
    try:
        return read_reply(operation, answer)
    except Fault as fault:
        raise from_fault(fault, answer) from None
    except (ZeepError, etree.LxmlError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        # Their words quote the answer. What is cut, malformed or hostile ends in one of these: an LxmlError where it is
        # no whole XML, a LookupError for a type that the WSDL does not have.
        if answer.status >= 400:
            raise from_status(answer.status, retry_after=answer.retry_after) from None
        raise UnreadableAnswer from None


def read_reply(operation: str, answer: Answer) -> Values:
    document = parse(answer.content)
    if answer.status != 200 or document.find(FAULT) is not None:
        binding().process_error(document, operation)  # raises Fault
    body = document.find(BODY)
    if document.tag != ENVELOPE or body is None:
        raise ValueError("no envelope")
    return reader().read(body[0], binding().get(operation).output.body.type)


def from_fault(fault: Fault, answer: Answer) -> MceError:
    if fault.code is None:
        return from_status(answer.status, retry_after=answer.retry_after)
    codes = (api_code(fault.detail), fault.code.rpartition(":")[2])
    return look_up(FAULTS, codes=codes, message=fault.message or "", retry_after=answer.retry_after)


def api_code(detail: Any) -> int | None:
    """The Code of an apifault in a fault's detail."""
    text = detail.findtext(FAULT_CODE, "").strip() if isinstance(detail, etree._Element) else ""
    return int(text) if text.isdecimal() and len(text) < 10 else None
