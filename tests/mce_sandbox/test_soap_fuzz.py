"""Envelopes that no client sends: what is wrong with them is said, and nothing breaks."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.mce_sandbox.client import PARTNER, Mce, both, check_order, equals, read, simple

BROKEN = "An exception occurred during the operation."
FIELD = (
    "<Field><Name>Id</Name><FieldType>Decimal</FieldType><MaxLength>5</MaxLength><Scale>1</Scale>"
    "<DefaultValue>1</DefaultValue></Field>"
)
TARGET = "<DataExtensionTarget><CustomerKey>ent-store-directory</CustomerKey></DataExtensionTarget>"
PAIR = "<Property><Name>StoreID</Name><Value>1</Value></Property>"
OBJECTS = {
    "DataFolder": "<ID>1</ID><Name>n</Name><Description>d</Description><ContentType>dataextension</ContentType>"
    "<ParentFolder><ID>1</ID></ParentFolder>",
    "DataExtension": "<ObjectID>o</ObjectID><CustomerKey>k</CustomerKey><Name>n</Name><IsSendable>true</IsSendable>"
    "<DataRetentionPeriodLength>1</DataRetentionPeriodLength><DataRetentionPeriod>Days</DataRetentionPeriod>"
    f"<Template><CustomerKey>t</CustomerKey></Template><Fields>{FIELD}</Fields><CategoryID>1</CategoryID>",
    "DataExtensionObject": f"<CustomerKey>ent-store-directory</CustomerKey><Properties>{PAIR}</Properties>"
    f"<Keys>{PAIR.replace('Property', 'Key')}</Keys>",
    "QueryDefinition": f"<ObjectID>o</ObjectID><Name>n</Name><QueryText>SELECT 1 AS StoreID</QueryText>{TARGET}"
    "<TargetUpdateType>Append</TargetUpdateType><CategoryID>1</CategoryID>",
    "Subscriber": "<ID>1</ID><SubscriberKey>s</SubscriberKey><EmailAddress>s@x.example</EmailAddress>",
}
RETRIEVES = {
    "DataFolder": "ID Name", "DataExtension": "Name RetainUntil", "DataExtensionField": "Name MaxLength",
    "DataExtensionObject[ent-store-directory]": "StoreID OpenedOn", "QueryDefinition": "Name",
    "AsyncActivityStatus": "Status", "Subscriber": "ID", "BusinessUnit": "ID",
}  # fmt: skip


def messages() -> list[str]:
    """One of each kind, as clients send them."""
    written = [
        f'<{operation}Request xmlns="{PARTNER}"><Options /><Objects xsi:type="{name}">{inside}</Objects>'
        f"</{operation}Request>"
        for operation in ("Create", "Update", "Delete")
        for name, inside in OBJECTS.items()
    ]
    filter_ = both(simple("Name", "IN", "a", "b", tag="LeftOperand"), equals("ID", "1", tag="RightOperand"), "OR")
    retrieved = [
        f'<RetrieveRequestMsg xmlns="{PARTNER}"><RetrieveRequest><ClientIDs><ID>8002000</ID></ClientIDs>'
        f"<ObjectType>{name}</ObjectType>{''.join(f'<Properties>{each}</Properties>' for each in properties.split())}"
        f"{filter_ if name == 'DataFolder' else equals(properties.split()[-1], '1')}"
        "</RetrieveRequest></RetrieveRequestMsg>"
        for name, properties in RETRIEVES.items()
    ]
    performed = (
        f'<PerformRequestMsg xmlns="{PARTNER}"><Action>start</Action><Definitions><Definition '
        'xsi:type="QueryDefinition"><ObjectID>o</ObjectID></Definition></Definitions></PerformRequestMsg>'
    )
    described = (
        f'<DefinitionRequestMsg xmlns="{PARTNER}"><DescribeRequests><ObjectDefinitionRequest><ObjectType>DataFolder'
        "</ObjectType></ObjectDefinitionRequest></DescribeRequests></DefinitionRequestMsg>"
    )
    return [*written, *retrieved, performed, described]


NASTY = st.sampled_from(
    [
        "", " ", "0", "-1", "--5", "2147483648", "9" * 18, "9" * 30, "٣", "true", "1e400", "NaN", "Infinity",
        "'; DROP TABLE x --", '"', "]]", "%", "\\", "2026-13-45", "9999-12-31T23:59:59", "0001-01-01T00:00:00-12:00",
        "x" * 5000, "Zoë 😀", "\t\n", "*", "DataExtensionObject[]", "DataExtensionObject[[x]]", "between", "IN", "like",
        "isNull", "Years",
    ]
)  # fmt: skip
TEXTS = NASTY | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=20
)


def _change_text(draw: Callable[..., str], found: etree._Element) -> None:
    found.text = draw(TEXTS)


def _drop(draw: Callable[..., str], found: etree._Element) -> None:
    parent = found.getparent()
    if parent is not None:
        parent.remove(found)


def _double(draw: Callable[..., str], found: etree._Element) -> None:
    parent = found.getparent()
    if parent is not None:
        parent.append(deepcopy(found))


def _rename(draw: Callable[..., str], found: etree._Element) -> None:
    found.tag = f"{{{PARTNER}}}Frobnicate"


def _retype(draw: Callable[..., str], found: etree._Element) -> None:
    found.set("{http://www.w3.org/2001/XMLSchema-instance}type", draw(st.sampled_from(["", "x:y", *OBJECTS])))


def _nil(draw: Callable[..., str], found: etree._Element) -> None:
    found.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")


@st.composite
def mangled(draw: Callable[..., str]) -> str:
    """A message with one to three things wrong with it."""
    envelope = f'<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{draw(st.sampled_from(messages()))}</x>'
    root = etree.fromstring(envelope)
    for _ in range(int(draw(st.integers(1, 3)))):
        change: Callable[..., None] = draw(  # type: ignore[assignment]
            st.sampled_from([_change_text, _change_text, _change_text, _drop, _double, _rename, _retype, _nil])
        )
        elements = [each for each in root.iter() if each is not root and not (change is _change_text and len(each))]
        if elements:
            change(draw, elements[int(draw(st.integers(0, len(elements) - 1)))])
    return "".join(etree.tostring(each, encoding="unicode") for each in root)


@pytest.fixture(scope="module")
def unit(address: str) -> Iterator[Mce]:
    """A business unit of the enterprise that no other test counts the objects of."""
    with httpx.Client(base_url=address, timeout=30) as http:
        yield Mce(http, 8002000, "globex-app")


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(message=mangled())
def test_whatever_comes_is_answered(unit: Mce, message: str) -> None:
    response = unit.post(unit.envelope(message, unit.token))
    answer = read(response)
    assert answer.status in (200, 500)
    assert answer.value("faultstring") != BROKEN, message
    check_order(unit.http, response)
