"""What is written, beside what zeep itself writes of the same values. What is read: test_reading.py."""

from typing import Any

import pytest
from lxml import etree
from zeep.exceptions import ValidationError
from zeep.wsdl.utils import etree_to_string

from mce_bridge.envelopes import BINDING, TOKEN, client, make, write
from mce_bridge.errors import Rejected
from mce_bridge.filters import both, equals, within
from mce_bridge.objects import data_extensions, query_definitions
from mce_bridge.soap import described
from tests.mce_bridge.test_sandbox import new_data_extension, new_query

HOSTILE = "<!--&amp;]]>\r\n\t<b x='1'>\"ü\u2028\U0001f600</ns0:Value>"


def by_zeep(operation: str, values: dict[str, Any], *, token: str) -> bytes:
    header = etree.Element(TOKEN, nsmap={None: "http://exacttarget.com"})  # type: ignore[dict-item]
    header.text = token
    service = client().create_service(BINDING, "https://example.invalid/")
    envelope = client().create_message(service, operation, _soapheaders=[header], **values)
    return bytes(etree_to_string(envelope))  # type: ignore[no-untyped-call]


def retrieve(**request: Any) -> dict[str, Any]:
    return {"RetrieveRequest": {"ObjectType": "DataFolder", **request}}


QUERY = make("QueryDefinition", query_definitions.described(new_query(f"SELECT '{HOSTILE}'", HOSTILE)))
TABLE = make("DataExtension", data_extensions.described(new_data_extension(HOSTILE)))
MATCHING = both(equals("Name", HOSTILE), both(within("ID", ["1", HOSTILE]), equals("CustomerKey", "")))


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("Create", {"Objects": [QUERY]}),
        ("Create", {"Objects": [TABLE, QUERY]}),
        ("Delete", {"Objects": [make("QueryDefinition", {"ObjectID": HOSTILE})]}),
        ("Perform", {"Action": "start", "Definitions": {"Definition": [make("QueryDefinition", {"ObjectID": "q"})]}}),
        ("Retrieve", retrieve(Properties=["ID", HOSTILE], Filter=described(MATCHING))),
        ("Retrieve", retrieve(ContinueRequest=HOSTILE)),
    ],
)
def test_messages_are_written_as_zeep_writes_them(operation: str, values: dict[str, Any]) -> None:
    written = write(operation, values, token=HOSTILE)
    assert written == by_zeep(operation, values, token=HOSTILE)
    assert HOSTILE in [element.text for element in etree.fromstring(written).iter()]


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "a\ud800b", "a\uffffb"])
def test_text_that_xml_cannot_hold_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        write("Retrieve", retrieve(Filter=described(equals("Name", text))), token="t")
    with pytest.raises(Rejected):
        write("Create", {"Objects": [make("DataFolder", {"ParentFolder": {"CustomerKey": text}})]}, token="t")


@pytest.mark.parametrize(
    ("operation", "values"),
    [("Delete", {}), ("Retrieve", {"RetrieveRequest": {}}), ("Perform", {"Action": "start", "Definition": []})],
)
def test_a_message_without_what_the_wsdl_asks_for_is_our_own_mistake(operation: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        write(operation, values, token="t")
