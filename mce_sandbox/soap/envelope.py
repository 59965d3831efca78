"""Writing answers: the recorded envelope and header, faults, and elements as text."""

from datetime import timedelta
from html import escape
from uuid import uuid4

from mce_sandbox.clock import utc_now

PARTNER = "http://exacttarget.com/wsdl/partnerAPI"
FAULT_ACTION = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"
OPEN = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" '
    'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">'
)
# XML 1.0 has no way to write these.
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
NIL_IDS = '<PartnerKey xsi:nil="true" /><ObjectID xsi:nil="true" />'


def element(name: str, value: object) -> str:
    """`<Name>value</Name>`; '' is written `<Name />`."""
    content = written(value)
    return f"<{name}>{content}</{name}>" if content else f"<{name} />"


def written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value).translate(UNWRITABLE), quote=False)


def envelope(action: str, body: str, relates_to: str = "") -> bytes:
    created = utc_now()
    expires = created + timedelta(minutes=5)
    return (
        f"{OPEN}<soap:Header><wsa:Action>{action}</wsa:Action><wsa:MessageID>urn:uuid:{uuid4()}</wsa:MessageID>"
        f"<wsa:RelatesTo>{written(relates_to) or f'urn:uuid:{uuid4()}'}</wsa:RelatesTo>"
        "<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>"
        f'<wsse:Security><wsu:Timestamp wsu:Id="Timestamp-{uuid4()}">'
        f"<wsu:Created>{created:%Y-%m-%dT%H:%M:%SZ}</wsu:Created>"
        f"<wsu:Expires>{expires:%Y-%m-%dT%H:%M:%SZ}</wsu:Expires></wsu:Timestamp></wsse:Security></soap:Header>"
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def fault(text: str, *, actor: str, security: bool = False, code: int | None = None, side: str = "Server") -> str:
    """A fault's body: of security (tokens), or of a side (`Server`, `Client`), with MCE's code in its detail."""
    if security:
        space = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
        name = f'<faultcode xmlns:q0="{space}">q0:Security</faultcode>'
    else:
        name = f"<faultcode>soap:{side}</faultcode>"
    detail = ""
    if code is not None:
        detail = (
            f'<detail><apifault xmlns="urn:fault.partner.exacttarget.com"><Code>{code}</Code>'
            f"{element('Message', text)}</apifault></detail>"
        )
    return f"<soap:Fault>{name}{element('faultstring', text)}{element('faultactor', actor)}{detail}</soap:Fault>"
