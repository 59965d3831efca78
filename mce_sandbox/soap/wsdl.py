"""GET /etframework.wsdl: the service as clients load it, complete in itself, at the sandbox's own address."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mce_sandbox.soap.envelope import PARTNER

TYPES = Path(__file__).with_name("types.txt")
# Operation -> the elements of its messages.
OPERATIONS = {
    "Create": ("CreateRequest", "CreateResponse"),
    "Retrieve": ("RetrieveRequestMsg", "RetrieveResponseMsg"),
    "Update": ("UpdateRequest", "UpdateResponse"),
    "Delete": ("DeleteRequest", "DeleteResponse"),
    "Query": ("QueryRequestMsg", "QueryResponseMsg"),
    "Describe": ("DefinitionRequestMsg", "DefinitionResponseMsg"),
    "Execute": ("ExecuteRequestMsg", "ExecuteResponseMsg"),
    "Perform": ("PerformRequestMsg", "PerformResponseMsg"),
    "Configure": ("ConfigureRequestMsg", "ConfigureResponseMsg"),
    "Schedule": ("ScheduleRequestMsg", "ScheduleResponseMsg"),
    "VersionInfo": ("VersionInfoRequestMsg", "VersionInfoResponseMsg"),
    "Extract": ("ExtractRequestMsg", "ExtractResponseMsg"),
    "GetSystemStatus": ("SystemStatusRequestMsg", "SystemStatusResponseMsg"),
}
BUILT_IN = frozenset({"string", "boolean", "int", "long", "integer", "byte", "dateTime"})
ENUMERATIONS = {
    "SimpleOperators": "equals notEquals greaterThan lessThan isNull isNotNull greaterThanOrEqual lessThanOrEqual "
    "between IN like",
    "LogicalOperators": "OR AND",
}
LINE = re.compile(r"(?P<message>element )?(?P<name>\w+)(?: < (?P<base>\w+))?:(?P<elements>.*)")
PART = re.compile(r"(?P<name>\w+) (?:\{(?P<inside>[^}]*)\}|(?P<type>\w+)(?P<nil>\??)(?P<many>\*?))(?:,|$)")


async def wsdl(request: Request) -> Response:
    made = datetime.fromtimestamp(TYPES.stat().st_mtime, UTC)
    return Response(
        document(f"{request.base_url}Service.asmx"),
        media_type="text/xml",
        headers={"last-modified": format_datetime(made, usegmt=True)},
    )


@lru_cache(maxsize=8)
def document(address: str) -> str:
    """The WSDL of a service at this address."""
    messages, operations, bindings = "", "", ""
    for name, (asked, answered) in OPERATIONS.items():
        for suffix, element in (("Request", asked), ("Response", answered)):
            messages += f'<message name="{name}{suffix}"><part name="parameters" element="tns:{element}"/></message>\n'
        operations += (
            f'<operation name="{name}"><input message="tns:{name}Request"/><output message="tns:{name}Response"/>'
            "</operation>\n"
        )
        bindings += (
            f'<operation name="{name}"><soap:operation soapAction="{name}"/><input><soap:body use="literal"/></input>'
            '<output><soap:body use="literal"/></output></operation>\n'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<definitions targetNamespace="{PARTNER}" xmlns="http://schemas.xmlsoap.org/wsdl/" '
        f'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="{PARTNER}">\n<types>\n{schema()}\n</types>\n'
        f'{messages}<portType name="Soap">\n{operations}</portType>\n<binding name="SoapBinding" type="tns:Soap">'
        f'<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n{bindings}</binding>\n'
        '<service name="PartnerAPI"><port name="Soap" binding="tns:SoapBinding">'
        f'<soap:address location="{escape(address)}"/></port></service>\n</definitions>\n'
    )


def schema() -> str:
    """The types as an XML schema of their own."""
    lines = [line for line in TYPES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    enumerations = "\n".join(_enumeration(name, words.split()) for name, words in ENUMERATIONS.items())
    types = "\n".join(_type(line) for line in lines)
    return (
        f'<xs:schema targetNamespace="{PARTNER}" elementFormDefault="qualified" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{PARTNER}">\n{enumerations}\n{types}\n</xs:schema>'
    )


def _enumeration(name: str, words: list[str]) -> str:
    values = "".join(f'<xs:enumeration value="{word}"/>' for word in words)
    return f'<xs:simpleType name="{name}"><xs:restriction base="xs:string">{values}</xs:restriction></xs:simpleType>'


def _type(line: str) -> str:
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"not a type: {line!r}")
    inside = _sequence(found["elements"].strip())
    if found["message"]:
        return f'<xs:element name="{found["name"]}"><xs:complexType>{inside}</xs:complexType></xs:element>'
    if found["base"]:
        inside = (
            f'<xs:complexContent><xs:extension base="tns:{found["base"]}">{inside}</xs:extension></xs:complexContent>'
        )
    return f'<xs:complexType name="{found["name"]}">{inside}</xs:complexType>'


def _sequence(text: str) -> str:
    return f"<xs:sequence>{''.join(_element(part) for part in PART.finditer(text))}</xs:sequence>"


def _element(part: re.Match[str]) -> str:
    opening = f'<xs:element name="{part["name"]}" minOccurs="0"'
    if part["inside"] is not None:
        return f"{opening}><xs:complexType>{_sequence(part['inside'].strip())}</xs:complexType></xs:element>"
    prefix = "xs" if part["type"] in BUILT_IN else "tns"
    many = ' maxOccurs="unbounded"' if part["many"] else ""
    nillable = ' nillable="true"' if part["nil"] else ""
    return f'{opening} type="{prefix}:{part["type"]}"{many}{nillable}/>'
