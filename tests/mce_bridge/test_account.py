"""What an account does with answers: good ones, faults, refused tokens, and what should not be XML at all."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from mce_bridge.account import Account
from mce_bridge.errors import (
    AccessDenied,
    AlreadyExists,
    AnswerLost,
    Blocked,
    FolderGone,
    GenericFailure,
    MceError,
    NotThere,
    Rejected,
    ServerTrouble,
    Throttled,
    TokenExpired,
    TransientError,
    UnknownAnswer,
    UnreadableAnswer,
)
from mce_bridge.objects import async_status, data_extensions, folders, query_definitions, rowsets
from mce_bridge.objects.async_status import ActivityStatus
from mce_bridge.objects.data_extensions import DataExtension, NewDataExtension, NewField
from mce_bridge.objects.folders import Folder
from mce_bridge.objects.query_definitions import NewQuery, QueryValidation
from qspro.logging import told
from tests.mce_bridge import envelopes, hostile
from tests.mce_bridge.conftest import token_answer
from tests.mce_bridge.hostile import Server

NEW = NewDataExtension(
    customer_key="k-1",
    name="QPP_Results_abcd",
    folder_id=17,
    fields=(NewField("Id", "Number", is_primary_key=True), NewField("Amount", "Decimal", 18, 2)),
    delete_after_days=1,
)
QUERY = NewQuery(
    customer_key="q",
    name="Q",
    sql="SELECT secret_column FROM t",
    target_key="k-1",
    target_name="QPP_Results_abcd",
    update_type="Overwrite",
    folder_id=None,
)


def answers(server: Server, *wanted: hostile.Answer) -> None:
    server.then(token_answer(server.origin), *wanted)


def sent(server: Server, index: int = -1) -> list[str]:
    """The elements of a request's body, by local name, with their text."""
    body = etree.fromstring(server.requests[index].body)[-1]
    return [f"{etree.QName(part).localname}={part.text or ''}" for part in body.iter() if len(part) == 0]


def test_the_token_and_the_action_go_along(server: Server, account: Account) -> None:
    answers(server, envelopes.retrieved(envelopes.FOLDER))
    assert folders.find_root(account, "dataextension") == Folder(17, "Data Extensions", "dataextension", 0)
    request = server.requests[1]
    assert (request.path, request.headers["soapaction"]) == ("/Service.asmx", '"Retrieve"')
    header = etree.fromstring(request.body)[0][0]
    assert (header.tag, header.text) == ("{http://exacttarget.com}fueloauth", "token-1")
    filters = [value for value in sent(server) if value.startswith(("Property=", "Value="))]
    assert filters == ["Property=ContentType", "Value=dataextension", "Property=ParentFolder.ID", "Value=0"]


def test_elements_that_no_wsdl_knows_lose_nothing(server: Server, account: Account) -> None:
    answers(server, envelopes.retrieved(envelopes.DATA_EXTENSION))
    assert data_extensions.find_by_key(account, "demo-orders") == DataExtension(
        object_id="d-1",
        customer_key="demo-orders",
        name="Orders",
        folder_id=4711,
        is_sendable=True,
        created_at=datetime(2026, 1, 5, 10, 0, 0, 127000, tzinfo=UTC),
    )


def test_no_match_has_no_results(server: Server, account: Account) -> None:
    answers(server, envelopes.retrieved())
    assert data_extensions.find_by_key(account, "nothing") is None


def test_a_batch_that_cannot_be_continued_is_an_error(server: Server, account: Account) -> None:
    answers(server, envelopes.retrieved(envelopes.DATA_EXTENSION, status="MoreDataAvailable", request_id=""))
    with pytest.raises(UnknownAnswer):
        list(data_extensions.in_folder(account, 4711))


def test_the_status_of_an_activity_comes_as_an_object_extension(server: Server, account: Account) -> None:
    answers(server, envelopes.retrieved(envelopes.ASYNC_STATUS))
    status = async_status.get(account, task_id="100001")
    assert status == ActivityStatus("100001", "Error", "Demo failure", None, datetime(2026, 1, 5, 10, 0, 4, tzinfo=UTC))
    assert status.is_failed
    assert "Demo failure" not in repr(status)


def test_another_tasks_status_is_not_taken_for_this_ones(server: Server, account: Account) -> None:
    other = envelopes.ASYNC_STATUS.replace("100001", "100002").replace(">Error<", ">Complete<")
    answers(server, envelopes.retrieved(other + envelopes.ASYNC_STATUS), envelopes.retrieved(other))
    status = async_status.get(account, task_id="100001")
    assert status is not None
    assert status.is_failed
    assert async_status.get(account, task_id="100001") is None


def test_batches_are_read_to_the_end(server: Server, account: Account) -> None:
    answers(
        server,
        envelopes.retrieved(envelopes.DATA_EXTENSION, status="MoreDataAvailable", request_id="r-7"),
        envelopes.retrieved(envelopes.DATA_EXTENSION),
    )
    assert len(list(data_extensions.in_folder(account, 4711))) == 2
    assert "ContinueRequest=r-7" in sent(server)


def test_a_data_extension_is_made_in_the_order_of_the_wsdl(server: Server, account: Account) -> None:
    answers(server, envelopes.created(object_id="d-9"))
    assert data_extensions.create(account, NEW).object_id == "d-9"
    assert sent(server) == [
        "CustomerKey=k-1",
        "Name=QPP_Results_abcd",
        "Description=",
        "IsSendable=false",
        "IsTestable=false",
        "DataRetentionPeriodLength=1",
        "RowBasedRetention=false",
        "ResetRetentionPeriodOnImport=false",
        "DeleteAtEndOfRetentionPeriod=false",
        "Name=Id",
        "IsRequired=true",
        "IsPrimaryKey=true",
        "FieldType=Number",
        "Name=Amount",
        "Scale=2",
        "MaxLength=18",
        "IsRequired=false",
        "IsPrimaryKey=false",
        "FieldType=Decimal",
        "DataRetentionPeriod=Days",
        "CategoryID=17",
    ]


def test_where_retention_is_refused_none_of_it_is_sent(server: Server, account: Account) -> None:
    refused = "You do not have permission to Manage Data Extension Retention."
    answers(server, envelopes.created(status="Error", message=refused, code=310007), envelopes.created(object_id="d"))
    assert data_extensions.create(account, NEW).object_id == "d"
    assert not [value for value in sent(server) if "Retention" in value]


def test_a_generic_exception_of_soap_is_asked_again_over_rest(server: Server, account: Account) -> None:
    answers(
        server,
        envelopes.created(status="Error", message="Exception occurred", code=2),
        envelopes.retrieved(envelopes.FOLDER),
        hostile.http(201, '{"queryDefinitionId": "q-7"}'),
    )
    assert query_definitions.create(account, QUERY).object_id == "q-7"
    assert server.requests[-1].path == "/automation/v1/queries"
    assert json.loads(server.requests[-1].body) == {
        "name": "Q",
        "key": "q",
        "description": "",
        "queryText": "SELECT secret_column FROM t",
        "targetName": "QPP_Results_abcd",
        "targetKey": "k-1",
        "targetUpdateTypeId": 0,
        "categoryId": 17,
    }


def test_starting_gives_the_task(server: Server, account: Account) -> None:
    answers(server, envelopes.performed(envelopes.TASK))
    assert query_definitions.start(account, object_id="q-1") == "100001"
    assert sent(server) == ["Action=start", "ObjectID=q-1"]


@pytest.mark.parametrize("refused", ["Token Expired", "Login Failed", "Login failed"])
def test_a_refused_token_is_replaced_once_and_the_call_repeated(server: Server, account: Account, refused: str) -> None:
    answers(
        server,
        envelopes.fault("q0:Security", refused),
        token_answer(server.origin, "token-2"),
        envelopes.retrieved(envelopes.FOLDER),
    )
    assert folders.get(account, 17) is not None
    paths = [request.path for request in server.requests]
    assert paths == ["/v2/token", "/Service.asmx", "/v2/token", "/Service.asmx"]
    assert b"token-2" in server.requests[-1].body


def test_a_token_refused_twice_is_an_error(server: Server, account: Account) -> None:
    answers(
        server,
        hostile.http(401, '{"message": "Not Authorized", "errorcode": 0}'),
        token_answer(server.origin, "token-2"),
        hostile.http(401, '{"message": "Not Authorized", "errorcode": 0}'),
    )
    with pytest.raises(TokenExpired):
        query_definitions.is_running(account, object_id="q-1")
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (envelopes.fault("soap:Server", "Rate Limited", api_code=17), Throttled),
        (envelopes.fault("soap:Server", "Maintenance", api_code=9), ServerTrouble),
        (envelopes.fault("soap:Server", "Exception", api_code=2), GenericFailure),
        (envelopes.fault("soap:Server", "Something"), ServerTrouble),
        (envelopes.fault("soap:Client", "Something"), UnknownAnswer),
        (envelopes.fault("soap:Client", "Something", api_code="9" * 5000), UnknownAnswer),
        (envelopes.envelope("", status=500), ServerTrouble),
        (envelopes.xml("", status=500), ServerTrouble),
        (envelopes.xml("<broken", status=500), ServerTrouble),
        (hostile.http(502, "<html>", kind="text/html"), ServerTrouble),
        (hostile.http(404, "<html>", kind="text/html"), ServerTrouble),
        (envelopes.xml("<html/>", status=404), ServerTrouble),
        (envelopes.xml("<html>", status=403), ServerTrouble),
        (envelopes.retrieved(status="Error: The Request Property(s) X do not match"), UnknownAnswer),
        (
            envelopes.retrieved(status="Error: The RequestID sent through ContinueRequest does not exist."),
            TransientError,
        ),
        (hostile.reset, AnswerLost),
    ],
)
def test_faults_and_statuses_mean_what_the_table_says(
    server: Server, account: Account, answer: hostile.Answer, error: type[MceError]
) -> None:
    answers(server, answer)
    with pytest.raises(error) as raised:
        folders.get(account, 17)
    assert type(raised.value) is error


def test_an_answer_that_was_cut_does_not_say_that_there_is_nothing(server: Server, account: Account) -> None:
    begun = f"{envelopes.OPEN}<RetrieveResponseMsg {envelopes.PARTNER}><OverallStatus>OK</OverallStatus><Results"
    answers(server, envelopes.xml(begun))
    with pytest.raises(UnreadableAnswer):
        data_extensions.find_by_key(account, "demo-orders")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
WHOLE = envelopes.OPEN.partition("?>")[2] + "<x>%s</x>" + envelopes.CLOSE


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not xml",
        "<broken",
        "<html/>",
        "<a>" * 5000,
        BOMB + WHOLE % "&c;",
        EXTERNAL + WHOLE % "&a;",
        envelopes.OPEN + envelopes.CLOSE,
        envelopes.OPEN + "<Surprise/>" + envelopes.CLOSE,
        envelopes.OPEN
        + f'<RetrieveResponseMsg {envelopes.PARTNER}><OverallStatus>OK</OverallStatus><Results xsi:type="Surprise"/>'
        + "</RetrieveResponseMsg>"
        + envelopes.CLOSE,
    ],
    ids=["empty", "text", "broken", "html", "deep", "bomb", "external", "no-body", "other-body", "unknown-type"],
)
def test_what_is_no_answer_is_unreadable(server: Server, account: Account, content: str) -> None:
    answers(server, envelopes.xml(content))
    with pytest.raises(UnknownAnswer) as raised:
        folders.get(account, 17)
    assert raised.value.outcome_unknown
    assert raised.value.__cause__ is None


NO_TOKEN = [hostile.http(503, ""), hostile.reset, hostile.http(200, "no JSON")]


@pytest.mark.parametrize("trouble", NO_TOKEN, ids=["503", "reset", "junk"])
def test_a_call_that_never_had_a_token_has_had_no_effect(
    server: Server, account: Account, trouble: hostile.Answer
) -> None:
    server.then(trouble)
    with pytest.raises(MceError) as raised:
        query_definitions.start(account, object_id="o-1")
    assert (raised.value.outcome_unknown, len(server.requests)) == (False, 1)


@pytest.mark.parametrize("trouble", NO_TOKEN, ids=["503", "reset", "junk"])
def test_nor_has_one_whose_token_was_refused_and_not_to_be_replaced(
    server: Server, account: Account, trouble: hostile.Answer
) -> None:
    answers(server, envelopes.fault("q0:Security", "Token Expired"), trouble)
    with pytest.raises(MceError) as raised:
        query_definitions.start(account, object_id="o-1")
    assert (raised.value.outcome_unknown, len(server.requests)) == (False, 3)


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        (
            None,
            "Updating an existing Data Extension definition is not allowed when doing an add-only operation. ",
            AlreadyExists,
        ),
        (310003, "", AlreadyExists),
        (310007, "Field length is invalid", Rejected),
        (310006, "", TransientError),
        (17, "", Throttled),
        (396007, "", FolderGone),
        (424242, "Something new", UnknownAnswer),
        (None, "", UnknownAnswer),
    ],
)
def test_results_mean_what_the_table_says(
    server: Server, account: Account, code: int | None, message: str, error: type[MceError]
) -> None:
    answers(server, envelopes.created(status="Error", message=message, code=code))
    with pytest.raises(error) as raised:
        data_extensions.create(account, NEW)
    assert type(raised.value) is error
    assert raised.value.mce_message == message.strip()
    assert not message or message.strip() not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("Error: Insufficient Privileges", AccessDenied),
        ("Error: Rate Limited", Throttled),
        ("Error", UnknownAnswer),
        ("OK", UnknownAnswer),
    ],
)
def test_without_a_result_the_status_of_all_says_what_went_wrong(
    server: Server, account: Account, status: str, error: type[MceError]
) -> None:
    answers(
        server,
        envelopes.envelope(
            f"<CreateResponse {envelopes.PARTNER}><RequestID>r-1</RequestID><OverallStatus>{status}</OverallStatus>"
            "</CreateResponse>"
        ),
    )
    with pytest.raises(error) as raised:
        data_extensions.create(account, NEW)
    assert type(raised.value) is error


NEWS: list[Callable[[Account], object]] = [
    lambda account: data_extensions.create(account, NEW),
    lambda account: query_definitions.create(account, QUERY),
    lambda account: folders.create(account, name="F", content_type="dataextension", parent_id=17, description=""),
]


@pytest.mark.parametrize("create", NEWS, ids=["data-extension", "query", "folder"])
@pytest.mark.parametrize("new_id", ["", "x", "0", "-1"])
def test_what_was_made_without_an_id_is_unknown(
    server: Server, account: Account, create: Callable[[Account], object], new_id: str
) -> None:
    answers(server, envelopes.created(new_id=new_id))
    with pytest.raises(UnknownAnswer):
        create(account)


@pytest.mark.parametrize(
    ("answer", "error", "retry_after"),
    [
        (hostile.http(429, '{"errorcode": 50100}', Retry_After="12"), Throttled, 12),
        (hostile.http(429, '{"errorcode": 50200}'), Blocked, None),
        (hostile.http(429, '{"errorcode": "50200"}'), Blocked, None),
        (hostile.http(429, '{"errorcode": "x"}'), Throttled, None),
        (hostile.http(404, '{"errorcode": 404, "message": "Not Found"}'), NotThere, None),
        (hostile.http(500, "{}"), ServerTrouble, None),
        (hostile.http(503, '{"a"'), ServerTrouble, None),
        (hostile.http(404, ""), NotThere, None),
        (hostile.http(404, "", kind="text/html"), NotThere, None),
        (hostile.http(404, "<html>", kind="text/html"), ServerTrouble, None),
        (hostile.http(403, "<html>", kind="text/html"), ServerTrouble, None),
        (hostile.http(404, "<html>"), ServerTrouble, None),
        (hostile.http(429, "<html>", Retry_After="12"), Throttled, 12),
        (hostile.http(418, "{}"), UnknownAnswer, None),
        (hostile.http(302, "{}", Location="http://127.0.0.1:9/"), UnknownAnswer, None),
        (hostile.http(200, "{}"), UnknownAnswer, None),
        (hostile.http(200, "[]"), UnknownAnswer, None),
        (hostile.http(200, ""), UnknownAnswer, None),
        (hostile.http(200, "["), UnreadableAnswer, None),
        (hostile.http(200, "[" * 200_000), UnreadableAnswer, None),
        (hostile.http(200, '{"count": 1, "items": 1}'), UnknownAnswer, None),
        (hostile.http(200, '{"count": 1, "items": {"values": {}}}'), UnknownAnswer, None),
        (hostile.http(200, '{"count": 1, "items": ["a"]}'), UnknownAnswer, None),
        (hostile.http(200, '{"count": 1, "items": [{"values": "x"}]}'), UnknownAnswer, None),
        (hostile.http(200, '{"count": 1, "items": [{"keys": ["x"]}]}'), UnknownAnswer, None),
        (hostile.http(200, '{"count": 1, "items": [{"values": {"a": ["x"]}}]}'), UnknownAnswer, None),
        (hostile.http(200, '{"count": true}'), UnknownAnswer, None),
        (hostile.http(400, '{"errors": 1}'), Rejected, None),
        (hostile.http(400, '{"validationErrors": {"message": "x"}}'), Rejected, None),
        (hostile.http(500, '{"errors": true}'), ServerTrouble, None),
    ],
)
def test_rest_errors_mean_what_the_table_says(
    server: Server, account: Account, answer: hostile.Answer, error: type[MceError], retry_after: float | None
) -> None:
    answers(server, answer)
    with pytest.raises(error) as raised:
        rowsets.page(account, key="k", page=1, page_size=50)
    assert type(raised.value) is error
    assert raised.value.retry_after == retry_after


def test_a_rejected_query_says_why_to_the_caller_alone(
    server: Server, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reason = "Error saving the Query field.<br />Invalid column name 'secret_column'."
    answers(server, envelopes.created(status="Error", message=reason.replace("<", "&lt;"), code=2))
    with pytest.raises(Rejected) as raised:
        query_definitions.create(account, QUERY)
    assert raised.value.mce_message == reason.replace("<br />", "\n")
    told = f"{raised.value} {raised.value!r} {caplog.text} {QUERY!r} {account!r}"
    for secret in ("secret_column", "token-1", "a-secret-of-the-app"):
        assert secret not in told


@pytest.mark.parametrize(
    "answer",
    [
        {"message": "Half \ud800 a pair"},
        {"errors": [{"message": "Half \ud800 a pair"}]},
        {"validationErrors": [{"message": "Half \ud800 a pair"}]},
    ],
)
@pytest.mark.parametrize("status", [400, 500])
def test_marketing_clouds_words_can_be_encoded(
    server: Server, account: Account, status: int, answer: dict[str, Any]
) -> None:
    answers(server, hostile.http(status, json.dumps(answer)))
    with pytest.raises(MceError) as raised:
        query_definitions.validate(account, "SELECT 1")
    assert raised.value.mce_message == "Half ? a pair"


def test_so_can_those_of_its_validation(server: Server, account: Account) -> None:
    found = {"queryValid": False, "errors": [{"message": "\ud800"}], "warnings": [{"message": "\udfff!"}]}
    answers(server, hostile.http(200, json.dumps(found)))
    assert query_definitions.validate(account, "SELECT 1") == QueryValidation(False, ("?",), ("?!",))


@pytest.mark.parametrize("errors", [1, "x", {"message": "x"}, [{"message": None}], [{}], ["x"], [{"message": 1}]])
def test_what_is_no_message_says_nothing(server: Server, account: Account, errors: Any) -> None:
    found = {"queryValid": False, "errors": errors, "warnings": errors}
    answers(server, hostile.http(200, json.dumps(found)), hostile.http(400, json.dumps({"errors": errors})))
    assert query_definitions.validate(account, "SELECT 1") == QueryValidation(False, (), ())
    with pytest.raises(Rejected) as raised:
        query_definitions.validate(account, "SELECT 1")
    assert raised.value.mce_message == ""


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "a\ud800b"])
def test_text_that_xml_cannot_hold_is_not_sent(server: Server, account: Account, text: str) -> None:
    answers(server, envelopes.retrieved())
    with pytest.raises(Rejected):
        data_extensions.find_by_key(account, text)
    assert [request.path for request in server.requests] == ["/v2/token"]


def test_one_line_a_call_is_logged(server: Server, account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="mce_bridge.calls")
    answers(server, hostile.http(404, "{}"))
    with pytest.raises(NotThere):
        query_definitions.is_running(account, object_id="q-1")
    lines = [record.getMessage() for record in caplog.records if record.name == "mce_bridge.calls"]
    shown = [line.partition(" ms=")[0] for line in lines]
    assert shown == [
        "mce call operation=token object=Connection outcome=ok",
        "mce call operation=REST GET object=QueryDefinition outcome=mce_not_found",
    ]
    assert all(line.endswith(f"tenant={account.tenant_id}") for line in lines)


def test_each_call_says_under_which_id_our_log_has_it(server: Server, account: Account) -> None:
    answers(server, hostile.http(404, "{}"))
    with told(request_id="r-1"), pytest.raises(NotThere):
        query_definitions.is_running(account, object_id="q-1")
    assert [request.headers["x-request-id"] for request in server.requests] == ["r-1", "r-1"]


def test_the_deadline_holds_over_all_calls_of_an_account(server: Server, account: Account) -> None:
    answers(server, hostile.drip(hostile.head(200, "text/xml", Content_Length="100"), b" " * 100, every=0.05))
    with pytest.raises(AnswerLost):
        folders.get(account.with_deadline(0.5), 17)


def test_a_page_of_rows_is_what_mce_gives(server: Server, account: Account) -> None:
    item = {"keys": {"id": "1"}, "values": {"name": "Ü", "bought": "6/13/2005 12:00:00 AM", "none": ""}}
    answers(server, hostile.http(200, json.dumps({"count": 9, "items": [item]})), hostile.http(200, '{"count": 0}'))
    key = "a key/with ü"
    rows = rowsets.page(account, key=key, page=2, page_size=50, order_by=[("Name", "asc"), ("Id", "desc")])
    assert rows.total == 9
    assert rows.rows == [{"id": "1", "name": "Ü", "bought": "6/13/2005 12:00:00 AM", "none": ""}]
    assert server.requests[1].path == (
        "/data/v1/customobjectdata/key/a%20key%2Fwith%20%C3%BC/rowset"
        "?$page=2&$pageSize=50&$orderBy=Name%20asc%2CId%20desc"
    )
    assert rowsets.page(account, key=key, page=3, page_size=50) == rowsets.Rowset(0, [])


def test_names_of_columns_are_in_lower_case_however_they_come(server: Server, account: Account) -> None:
    item = {"keys": {"Id": "1"}, "values": {"FIRST Name": "Zoë"}}
    answers(server, hostile.http(200, json.dumps({"count": 1, "items": [item]})))
    assert rowsets.page(account, key="k", page=1, page_size=50).rows == [{"id": "1", "first name": "Zoë"}]
