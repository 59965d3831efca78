"""Describe, VersionInfo and GetSystemStatus: what the service tells of itself."""

from uuid import uuid4

from lxml import etree

from mce_sandbox.soap.elements import child, children_of, flag, word
from mce_sandbox.soap.envelope import NIL_IDS, PARTNER, element
from mce_sandbox.soap.kinds import kind_to_describe
from mce_sandbox.soap.kinds.kind import Kind
from mce_sandbox.soap.shapes import Property
from mce_sandbox.world import Caller

Told = tuple[str, str]
VERSION, VERSION_DATE = "1.0", "2026-01-01T00:00:00"


async def describe(caller: Caller, message: etree._Element) -> Told:
    """An ObjectDefinition for each type asked for; a type that does not exist has none."""
    asked = children_of(child(message, "DescribeRequests"), "ObjectDefinitionRequest")
    kinds = [kind_to_describe(caller, word(each, "ObjectType")) for each in asked]
    definitions = "".join(_definition(kind) for kind in kinds if kind)
    return (
        f'<DefinitionResponseMsg xmlns="{PARTNER}">{definitions}{element("RequestID", uuid4())}</DefinitionResponseMsg>'
    ), "OK"


def _definition(kind: Kind) -> str:
    properties = "".join(_property(each) for each in kind.shape.properties)
    return f"<ObjectDefinition>{element('ObjectType', kind.object_type)}{properties}</ObjectDefinition>"


def _property(each: Property) -> str:
    return (
        f"<Properties>{NIL_IDS}{element('Name', each.path)}{element('DataType', each.type)}"
        f"<IsUpdatable>true</IsUpdatable>{element('IsRetrievable', each.retrievable)}</Properties>"
    )


async def version_info(caller: Caller, message: etree._Element) -> Told:
    one = f"{element('Version', VERSION)}{element('VersionDate', VERSION_DATE)}<Notes />"
    history = f"<VersionHistory>{one}</VersionHistory>" if flag(message, "IncludeVersionHistory") else ""
    return (
        f'<VersionInfoResponseMsg xmlns="{PARTNER}"><VersionInfo>{one}{history}</VersionInfo>'
        f"{element('RequestID', uuid4())}</VersionInfoResponseMsg>"
    ), "OK"


async def system_status(caller: Caller, message: etree._Element) -> Told:
    return (
        f'<SystemStatusResponseMsg xmlns="{PARTNER}"><Results><Result><StatusCode>OK</StatusCode>'
        "<StatusMessage>System Status Retrieved</StatusMessage><SystemStatus>OK</SystemStatus><Outages /></Result>"
        f"</Results><OverallStatus>OK</OverallStatus><OverallStatusMessage />{element('RequestID', uuid4())}"
        "</SystemStatusResponseMsg>"
    ), "OK"
