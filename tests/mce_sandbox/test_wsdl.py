"""The sandbox's own WSDL: complete, loadable, at its own address."""

from typing import Any

import httpx
import pytest
import zeep
from lxml import etree
from zeep.transports import Transport

from tests.mce_sandbox.client import PARTNER, Mce, schema

OPERATIONS = [
    "Configure", "Create", "Delete", "Describe", "Execute", "Extract", "GetSystemStatus", "Perform", "Query",
    "Retrieve", "Schedule", "Update", "VersionInfo",
]  # fmt: skip


class HomeTransport(Transport):
    """Loads and calls nothing but the sandbox."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.address = address

    def load(self, url: str) -> bytes:
        assert url.startswith(self.address)
        content: bytes = super().load(url)  # type: ignore[no-untyped-call]
        return content


@pytest.fixture
def client(address: str) -> Any:
    return zeep.Client(  # type: ignore[no-untyped-call]
        f"{address}/etframework.wsdl", transport=HomeTransport(address)
    )


@pytest.fixture
def header(mce: Mce) -> etree._Element:
    token = etree.Element("{http://exacttarget.com}fueloauth")
    token.text = mce.token
    return token


def test_zeep_loads_it_and_finds_the_service_where_the_sandbox_is(client: Any, address: str) -> None:
    service = client.wsdl.services["PartnerAPI"].ports["Soap"]
    assert sorted(service.binding._operations) == OPERATIONS
    assert service.binding_options["address"] == f"{address}/Service.asmx"


def test_zeep_retrieves_by_it(client: Any, header: etree._Element) -> None:
    part = client.get_type(f"{{{PARTNER}}}SimpleFilterPart")
    wanted = part(Property="Name", SimpleOperator="equals", Value="Stores")
    found = client.service.Retrieve(
        {"ObjectType": "DataExtension", "Properties": ["Name", "CustomerKey", "CreatedDate"], "Filter": wanted},
        _soapheaders=[header],
    )
    assert (found.OverallStatus, [each.CustomerKey for each in found.Results]) == ("OK", ["store-directory-7001001"])
    assert type(found.Results[0]).__name__ == "DataExtension"


def test_zeep_writes_by_it(client: Any, header: etree._Element) -> None:
    folder = client.get_type(f"{{{PARTNER}}}DataFolder")
    made = client.service.Create(
        Options={}, Objects=[folder(Name="By zeep", ContentType="dataextension")], _soapheaders=[header]
    )
    assert (made.OverallStatus, made.Results[0].ErrorCode) == ("Error", 396010)


@pytest.mark.parametrize("path", ["/etframework.wsdl", "/ETFramework.WSDL"])
def test_a_head_says_how_old_it_is(http: httpx.Client, path: str) -> None:
    answer = http.head(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.headers["last-modified"].endswith(" GMT")


def test_the_check_of_every_answer_minds_the_order(address: str) -> None:
    good = (
        f'<CreateResponse xmlns="{PARTNER}"><RequestID>1</RequestID><OverallStatus>OK</OverallStatus></CreateResponse>'
    )
    bad = (
        f'<CreateResponse xmlns="{PARTNER}"><OverallStatus>OK</OverallStatus><RequestID>1</RequestID></CreateResponse>'
    )
    assert [schema(address).validate(etree.fromstring(each)) for each in (good, bad)] == [True, False]
