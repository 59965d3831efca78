"""Envelopes: what clients send, what comes back, and what is hostile."""

import pytest

from tests.mce_sandbox.client import PARTNER, Mce, read

RETRIEVE = (
    f'<RetrieveRequestMsg xmlns="{PARTNER}"><RetrieveRequest><ObjectType>DataFolder</ObjectType>'
    "<Properties>ID</Properties></RetrieveRequest></RetrieveRequestMsg>"
)


def test_an_answer_has_the_recorded_header(mce: Mce) -> None:
    envelope = mce.envelope(RETRIEVE, mce.token).replace(
        "<s:Header>", '<s:Header><a:MessageID xmlns:a="urn:a">urn:uuid:42</a:MessageID>'
    )
    text = mce.post(envelope).text
    assert "<wsa:Action>RetrieveResponse</wsa:Action>" in text
    assert "<wsa:RelatesTo>urn:uuid:42</wsa:RelatesTo>" in text
    assert "<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>" in text
    assert '<wsse:Security><wsu:Timestamp wsu:Id="Timestamp-' in text


@pytest.mark.parametrize(
    "template",
    [
        # Body before Header, a default namespace, and the token without one.
        '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>{body}</Body>'
        '<Header><fueloauth xmlns="">{token}</fueloauth></Header></Envelope>',
        '<x:Envelope xmlns:x="http://www.w3.org/2003/05/soap-envelope"><x:Header>'
        '<e:fueloauth xmlns:e="http://exacttarget.com">{token}</e:fueloauth></x:Header>'
        "<x:Body>{body}</x:Body></x:Envelope>",
    ],
)
@pytest.mark.parametrize("path", ["/Service.asmx", "/service.asmx", "/SERVICE.ASMX"])
def test_every_way_to_write_an_envelope_is_read(mce: Mce, template: str, path: str) -> None:
    answer = read(mce.post(template.format(body=RETRIEVE, token=mce.token), path=path))
    assert answer.value("OverallStatus") == "OK"


@pytest.mark.parametrize(
    "content",
    [
        b"<not closed",
        b"",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'.encode("utf-16"),
        b"<Envelope />",
        b'<?xml version="1.0" encoding="no-such-encoding"?><Envelope />',
        pytest.param(b"<Envelope>" + b"<x>" * 5000 + b"</x>" * 5000 + b"</Envelope>", id="5,000 deep"),
        b"<Envelope><Body>\x00</Body></Envelope>",
        b"<Envelope><Body>text alone</Body></Envelope>",
        pytest.param(b"<Envelope><Body>" + b"<x/>" * 1_000_000 + b"</Body></Envelope>", id="a million elements"),
    ],
)
def test_what_is_no_envelope_is_a_client_fault(mce: Mce, content: bytes) -> None:
    answer = read(mce.post(content))
    assert (answer.status, answer.value("faultcode")) == (500, "soap:Client")


def test_more_than_ten_megabytes_are_not_read(mce: Mce) -> None:
    answer = mce.post(b"<x>" + b" " * (10 * 1024 * 1024) + b"</x>")
    assert (answer.status_code, answer.text) == (413, "The request is too large.")


def test_an_unknown_operation_is_a_client_fault(mce: Mce) -> None:
    answer = mce.soap(f'<FrobnicateRequest xmlns="{PARTNER}" />')
    assert (answer.status, answer.value("faultcode")) == (500, "soap:Client")


def test_a_batch_answers_each_object_and_says_has_errors(mce: Mce) -> None:
    folder = (
        '<Objects xsi:type="DataFolder"><Name>{name}</Name><Description>d</Description>'
        "<ContentType>dataextension</ContentType><ParentFolder><ID>{parent}</ID></ParentFolder></Objects>"
    )
    root = mce.retrieve("DataFolder", "ID").value("Results/ID")
    answer = mce.soap(
        f'<CreateRequest xmlns="{PARTNER}">{folder.format(name="In a batch", parent=root)}'
        f"{folder.format(name='Lost', parent=1)}</CreateRequest>"
    )
    assert answer.shape == ["Results", "Results", "RequestID", "OverallStatus"]
    assert answer.texts("Results/StatusCode") == ["OK", "Error"]
    assert answer.texts("Results/OrdinalID") == ["0", "1"]
    assert answer.value("OverallStatus") == "Has Errors"


def test_a_method_that_a_type_lacks_is_code_5(mce: Mce) -> None:
    answer = mce.create("AsyncActivityStatus", "")
    assert (answer.value("Results/StatusCode"), answer.value("Results/ErrorCode")) == ("Error", "5")
