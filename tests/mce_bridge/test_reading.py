"""Our reader of answers beside zeep's own, whose place it takes: samples, the sandbox's answers, and oddities."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zeep.xsd import CompoundValue

from mce_bridge.account import Account
from mce_bridge.deadline import Deadline
from mce_bridge.envelopes import MEDIA_TYPES, binding, client, make, read, write
from mce_bridge.errors import ServerTrouble, UnreadableAnswer
from mce_bridge.filters import equals
from mce_bridge.objects import async_status, data_extensions, folders, query_definitions
from mce_bridge.reading import Values
from mce_bridge.soap import described
from mce_bridge.transport import Answer, Request, send
from tests.mce_bridge import envelopes, hostile
from tests.mce_bridge.hostile import Server
from tests.mce_bridge.test_sandbox import new_data_extension, new_query


def by_zeep(operation: str, answer: Answer) -> Any:
    """zeep's own reading, of which it logs nothing."""
    reply = SimpleNamespace(status_code=answer.status, content=answer.content, headers={})
    return binding().process_reply(client(), binding().get(operation), reply)


def plain(value: Any) -> Any:
    """Without what is empty: where nothing is inside, one reader says None and the other an object of nothing."""
    if isinstance(value, CompoundValue):
        value = {name: value[name] for name in value if name != "_raw_elements"}
    if isinstance(value, Values):
        value = vars(value)
    if isinstance(value, dict):
        insides = {name: plain(inside) for name, inside in value.items()}
        return {name: inside for name, inside in insides.items() if inside not in (None, {}, [])}
    return [plain(inside) or {} for inside in value] if isinstance(value, list) else value


def retrieved(results: str) -> Answer:
    """A whole answer, with these Results."""
    body = f"<RetrieveResponseMsg {envelopes.PARTNER}><OverallStatus>OK</OverallStatus>{results}</RetrieveResponseMsg>"
    return Answer(200, "text/xml", f"{envelopes.OPEN}{body}{envelopes.CLOSE}".encode())


def check_same(operation: str, answer: Answer) -> Any:
    """What both make of it."""
    ours = plain(read(operation, answer))
    assert ours == plain(by_zeep(operation, answer))
    return ours


@pytest.mark.parametrize(
    ("operation", "sample"),
    [
        ("Retrieve", envelopes.retrieved(envelopes.DATA_EXTENSION, status="MoreDataAvailable", request_id="r-7")),
        ("Retrieve", envelopes.retrieved(envelopes.FOLDER + envelopes.FOLDER)),
        ("Retrieve", envelopes.retrieved(envelopes.ASYNC_STATUS)),
        ("Retrieve", envelopes.retrieved()),
        ("Create", envelopes.created(new_id=17, object_id="d-9")),
        ("Create", envelopes.created(status="Error", message="Exception occurred", code=2)),
        ("Delete", envelopes.created()),
        ("Perform", envelopes.performed(envelopes.TASK)),
        ("Perform", envelopes.performed("", status="Error", message="No", code=5)),
    ],
)
def test_samples_read_as_zeep_reads_them(server: Server, operation: str, sample: hostile.Answer) -> None:
    server.then(sample)
    request = Request("POST", f"{server.origin}/Service.asmx", accepts=MEDIA_TYPES, headers={}, body=b"?")
    assert check_same(operation, send(request, deadline=Deadline.after(10)))["OverallStatus"]


def ask(account: Account, operation: str, values: dict[str, Any]) -> Any:
    access = account.current_access()
    request = Request(
        method="POST",
        url=f"{access.soap_url}Service.asmx",
        accepts=MEDIA_TYPES,
        headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'},
        body=write(operation, values, token=access.token),
    )
    return check_same(operation, send(request, deadline=account.deadline))


def test_the_sandbox_reads_as_zeep_reads_it(northwind: Account) -> None:
    key = f"test-{uuid4().hex[:12]}"
    table = make("DataExtension", data_extensions.described(new_data_extension(key)))
    assert ask(northwind, "Create", {"Objects": [table]})["Results"][0]["StatusCode"] == "OK"
    assert ask(northwind, "Create", {"Objects": [table, table]})["OverallStatus"] == "Error"
    query = make("QueryDefinition", query_definitions.described(new_query("SELECT 1 AS Id", key)))
    made = ask(northwind, "Create", {"Objects": [query]})["Results"][0]["NewObjectID"]
    definition = {"Definition": [make("QueryDefinition", {"ObjectID": made})]}
    started = ask(northwind, "Perform", {"Action": "start", "Definitions": definition})
    for module, name, value in (
        (folders, "ContentType", "dataextension"),
        (data_extensions, "CustomerKey", key),
        (query_definitions, "CustomerKey", key),
        (async_status, "TaskID", started["Results"]["Result"][0]["Task"]["ID"]),
    ):
        assert retrieve(northwind, module.TYPE, module.PROPERTIES, equals(name, value))["Results"]
    matching = equals("DataExtension.CustomerKey", key)
    fields = retrieve(northwind, data_extensions.FIELD_TYPE, data_extensions.FIELD_PROPERTIES, matching)
    assert {field["Name"]: field.get("MaxLength") for field in fields["Results"]} == {
        "FirstName": 50,
        "Amount": 18,
        "Bought": None,
        "Id": None,
    }
    gone = [ask(northwind, "Delete", {"Objects": [make("QueryDefinition", {"ObjectID": made})]}) for _ in range(2)]
    assert [answered["Results"][0]["StatusCode"] for answered in gone] == ["OK", "Error"]


def retrieve(account: Account, type_name: str, properties: tuple[str, ...], matching: Any) -> Any:
    request = {"ObjectType": type_name, "Properties": list(properties), "Filter": described(matching)}
    return ask(account, "Retrieve", {"RetrieveRequest": request})


@pytest.mark.parametrize(
    ("inside", "values"),
    [
        ("<Name>n</Name><ID>1</ID>", {"ID": 1, "Name": "n"}),
        ("<ID>1</ID><ID>2</ID>", {"ID": 1}),
        ("<ID /><ID>2</ID>", {}),
        ("<ID>one</ID><Name>n</Name>", {"Name": "n"}),
        (f"<ID>{'9' * 5000}</ID>", {}),
        ("<IsActive>TRUE</IsActive><IsEditable> 1\n</IsEditable>", {"IsActive": False, "IsEditable": True}),
        ("<Newer><ID>2</ID></Newer><ID><!-- no -->1</ID>", {"ID": 1}),
        ('<x:ID xmlns:x="urn:x">1</x:ID><Name xmlns="">n</Name>', {"ID": 1, "Name": "n"}),
        ("<Name><![CDATA[<b> &amp;]]></Name>text", {"Name": "<b> &amp;"}),
        ("<Name>a<ID>1</ID>b</Name>", {"Name": "a"}),
        ('<ParentFolder xsi:nil="true" /><Name />', {}),
        (
            "<PartnerProperties><Name>a</Name></PartnerProperties><ID>1</ID><PartnerProperties />",
            {"PartnerProperties": [{"Name": "a"}, {}], "ID": 1},
        ),
        (
            "<ParentFolder><ParentFolder><ID>1</ID></ParentFolder></ParentFolder>",
            {"ParentFolder": {"ParentFolder": {"ID": 1}}},
        ),
    ],
)
def test_oddities_read_as_zeep_reads_them(inside: str, values: dict[str, Any]) -> None:
    read_so = check_same("Retrieve", retrieved(f'<Results xsi:type="DataFolder">{inside}</Results>'))
    assert read_so["Results"] == [values]


@pytest.mark.parametrize(
    ("attributes", "values"),
    [
        ("", {"ID": 1}),
        ('xsi:type="DataFolder"', {"ID": 1, "ContentType": "c"}),
        (f'xmlns:p={envelopes.PARTNER[6:]} xsi:type=" p:DataFolder"', {"ID": 1, "ContentType": "c"}),
        ('xmlns:p="urn:p" xsi:type="p:DataFolder"', {"ID": 1}),
        ('type="DataFolder"', {"ID": 1}),
    ],
)
def test_a_type_is_what_the_element_says_in_a_namespace_that_we_know(attributes: str, values: dict[str, Any]) -> None:
    answer = retrieved(f"<Results {attributes}><ID>1</ID><ContentType>c</ContentType></Results>")
    assert check_same("Retrieve", answer)["Results"] == [values]


NAMES = (
    "ID",
    "Name",
    "ParentFolder",
    "Fields",
    "Field",
    "Properties",
    "Property",
    "Value",
    "Ordinal",
    "Newer",
    "Scale",
)
TYPES = ("DataFolder", "DataExtension", "DataExtensionField", "ObjectExtension", "APIProperty", "FilterPart")
TEXTS = st.sampled_from(["", "1", " 2 ", "x", "true", "0", "1.5", "&lt;a&gt;", "1_0", "٣"])
SAID = st.sampled_from(["", "", "", ' xsi:nil="true"', ' Name="1"', *(f' xsi:type="{name}"' for name in TYPES)])


def elements(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.builds("<{0}>{1}</{0}>".format, st.sampled_from(NAMES), inside)
    said = st.builds("<ParentFolder{}>{}</ParentFolder>".format, SAID, inside)
    return st.lists(one | said, max_size=4).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TYPES), st.recursive(TEXTS, elements, max_leaves=12))
def test_whatever_stands_where_it_does_not_belong_reads_as_zeep_reads_it(type_name: str, inside: str) -> None:
    check_same("Retrieve", retrieved(f'<Results xsi:type="{type_name}">{inside}</Results>'))


@pytest.mark.parametrize(
    "results",
    [
        '<Results xsi:type="Surprise" />',
        '<Results xsi:type="p:DataFolder" />',
        '<Results xsi:type="a:b:c" />',
        '<Results xsi:type="" />',
        '<Results xmlns:p="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="p:Array" />',
        '<Results xsi:type="xsd:string">text</Results>',
        "<Results><?php evil ?></Results>",
        "<Results>&evil;</Results>",
    ],
    ids=["unknown", "no-prefix", "colons", "empty", "to-be-loaded", "text", "instruction", "entity"],
)
def test_what_is_of_no_type_of_ours_is_unreadable(results: str) -> None:
    with pytest.raises(UnreadableAnswer):
        read("Retrieve", retrieved(results))


def test_a_text_is_of_our_type_whatever_it_says_of_itself() -> None:
    answer = retrieved(
        '<Results><ID xsi:type="xsd:string">one</ID><CustomerKey xsi:type="Surprise">k</CustomerKey></Results>'
    )
    found = read("Retrieve", answer).Results[0]
    assert (found.ID, found.CustomerKey) == (None, "k")


def test_what_an_object_of_another_type_does_not_have_is_unreadable() -> None:
    inside = "<ObjectID>o</ObjectID><CustomerKey>k</CustomerKey>"
    found = read("Retrieve", retrieved(f'<Results xsi:type="DataFolder">{inside}</Results>')).Results[0]
    assert (found.ObjectID, found.ID, found.PartnerProperties) == ("o", None, ())
    with pytest.raises(UnreadableAnswer):
        query_definitions.read(found)


def nested(depth: int) -> Answer:
    inside = "<ParentFolder>" * depth + "<ID>1</ID>" + "</ParentFolder>" * depth
    return retrieved(f'<Results xsi:type="DataFolder">{inside}</Results>')


def test_nesting_made_to_hurt_is_unreadable() -> None:
    found = read("Retrieve", nested(200)).Results[0]
    for _ in range(200):
        found = found.ParentFolder
    assert found.ID == 1
    with pytest.raises(UnreadableAnswer):
        read("Retrieve", nested(300))


CUTS = ("<Results", "<ObjectID>d-", "</CategoryID>", "</Results>", "</OverallStatus>", "</soap:Body>")


@pytest.mark.parametrize("odd", ["", "&#x1;", "\x01"], ids=["plain", "reference", "control"])
@pytest.mark.parametrize("end", CUTS)
def test_an_answer_that_was_cut_is_unreadable_and_not_a_shorter_one(end: str, odd: str) -> None:
    whole = retrieved(envelopes.DATA_EXTENSION.replace("Orders", f"Orders{odd}")).content.decode()
    assert read("Retrieve", Answer(200, "text/xml", whole.encode())).Results[0].ObjectID == "d-1"
    cut = whole[: whole.index(end) + len(end)].encode()
    with pytest.raises(UnreadableAnswer):
        read("Retrieve", Answer(200, "text/xml", cut))
    with pytest.raises(ServerTrouble):
        read("Retrieve", Answer(500, "text/xml", cut))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a&#x1;b", "a\ufffdb"),
        ("a\x01b", "a\ufffdb"),
        ("&#x0000B;&#12;&#xD800;&#xffff;&#x110000;", "\ufffd" * 5),
        ("&#x1;&#9;&#65;&#x1F600;", "\ufffd\tA\U0001f600"),
    ],
)
def test_a_character_that_xml_cannot_hold_costs_itself_alone(written: str, value: str) -> None:
    found = read("Retrieve", retrieved(f"<Results><CustomerKey>{written}</CustomerKey></Results>")).Results[0]
    assert found.CustomerKey == value


def test_nothing_of_an_answer_is_in_a_repr() -> None:
    assert "secret" not in repr(read("Retrieve", retrieved("<Results><CustomerKey>secret</CustomerKey></Results>")))
