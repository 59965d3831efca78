"""Answers as Marketing Cloud writes them, from docs/mce-facts.md 6."""

from tests.mce_bridge import hostile

OPEN = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"><soap:Header><wsa:Action>Response</wsa:Action>'
    "</soap:Header><soap:Body>"
)
CLOSE = "</soap:Body></soap:Envelope>"
PARTNER = 'xmlns="http://exacttarget.com/wsdl/partnerAPI"'


def xml(content: str, *, status: int = 200) -> hostile.Answer:
    return hostile.http(status, content, kind="text/xml; charset=utf-8")


def envelope(body: str, *, status: int = 200) -> hostile.Answer:
    return xml(f"{OPEN}{body}{CLOSE}", status=status)


def fault(code: str, text: str, *, api_code: int | str | None = None) -> hostile.Answer:
    detail = ""
    if api_code is not None:
        detail = (
            '<detail><apifault xmlns="urn:fault.partner.exacttarget.com">'
            f"<Code>{api_code}</Code><Message>{text}</Message></apifault></detail>"
        )
    wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    return envelope(
        f'<soap:Fault><faultcode xmlns:q0="{wsse}">{code}</faultcode><faultstring>{text}</faultstring>'
        f"<faultactor>https://mcdemo.soap.marketingcloudapis.com/Service.asmx</faultactor>{detail}</soap:Fault>",
        status=500,
    )


def retrieved(results: str = "", *, status: str = "OK", request_id: str = "r-1") -> hostile.Answer:
    return envelope(
        f"<RetrieveResponseMsg {PARTNER}><OverallStatus>{status}</OverallStatus>"
        f"<RequestID>{request_id}</RequestID>{results}</RetrieveResponseMsg>"
    )


def created(
    *, status: str = "OK", message: str = "", code: int | None = None, new_id: int | str = 0, object_id: str = ""
) -> hostile.Answer:
    error = "" if code is None else f"<ErrorCode>{code}</ErrorCode>"
    return envelope(
        f"<CreateResponse {PARTNER}><Results><StatusCode>{status}</StatusCode><StatusMessage>{message}</StatusMessage>"
        f"<OrdinalID>0</OrdinalID>{error}<NewID>{new_id}</NewID><NewObjectID>{object_id}</NewObjectID></Results>"
        f"<RequestID>r-1</RequestID><OverallStatus>{status}</OverallStatus></CreateResponse>"
    )


def performed(task: str, *, status: str = "OK", message: str = "", code: int | None = None) -> hostile.Answer:
    error = "" if code is None else f"<ErrorCode>{code}</ErrorCode>"
    return envelope(
        f"<PerformResponseMsg {PARTNER}><Results><Result><StatusCode>{status}</StatusCode>"
        f"<StatusMessage>{message}</StatusMessage>{error}{task}</Result></Results>"
        f"<OverallStatus>{status}</OverallStatus><RequestID>r-1</RequestID></PerformResponseMsg>"
    )


TASK = (
    '<Object xsi:type="QueryDefinition"><PartnerKey xsi:nil="true" /><ObjectID>q-1</ObjectID></Object>'
    "<Task><StatusCode>OK</StatusCode><StatusMessage>OK</StatusMessage><ID>100001</ID>"
    "<InteractionObjectID>i-1</InteractionObjectID></Task>"
)
DATA_EXTENSION = (
    '<Results xsi:type="DataExtension"><PartnerKey xsi:nil="true" /><CreatedDate>2026-01-05T04:00:00.127</CreatedDate>'
    "<ObjectID>d-1</ObjectID><Newer>1</Newer><CustomerKey>demo-orders</CustomerKey><Name>Orders</Name>"
    '<Description /><IsSendable>true</IsSendable><SendableDataExtensionField><PartnerKey xsi:nil="true" />'
    '<ObjectID xsi:nil="true" /><Name>ContactKey</Name></SendableDataExtensionField><Newest><Of>all</Of></Newest>'
    "<CategoryID>4711</CategoryID></Results>"
)
FOLDER = (
    '<Results xsi:type="DataFolder"><PartnerKey xsi:nil="true" /><ID>17</ID><ObjectID xsi:nil="true" />'
    '<ParentFolder><PartnerKey xsi:nil="true" /><ID>0</ID><ObjectID xsi:nil="true" /></ParentFolder>'
    "<Name>Data Extensions</Name><ContentType>dataextension</ContentType></Results>"
)
ASYNC_STATUS = (
    '<Results xsi:type="ObjectExtension"><PartnerKey xsi:nil="true" /><ObjectID xsi:nil="true" />'
    "<Type>AsyncActivityStatus</Type><Properties><Property><Name>Status</Name><Value>Error</Value></Property>"
    "<Property><Name>ErrorMsg</Name><Value>Demo failure</Value></Property><Property><Name>CompletedDate</Name>"
    "<Value>1/5/2026 4:00:04 AM</Value></Property><Property><Name>TaskID</Name><Value>100001</Value></Property>"
    "</Properties></Results>"
)
