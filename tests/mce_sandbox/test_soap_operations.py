"""Describe, VersionInfo, GetSystemStatus, and what the sandbox does not do."""

import httpx
import pytest

from tests.mce_sandbox.client import PARTNER, Mce, read


def describe(mce: Mce, *types: str) -> dict[str | None, dict[str | None, tuple[str | None, str | None]]]:
    asked = "".join(
        f"<ObjectDefinitionRequest><ObjectType>{each}</ObjectType></ObjectDefinitionRequest>" for each in types
    )
    answer = mce.soap(
        f'<DefinitionRequestMsg xmlns="{PARTNER}"><DescribeRequests>{asked}</DescribeRequests></DefinitionRequestMsg>'
    )
    assert answer.shape[-1] == "RequestID"
    return {
        each.findtext("ObjectType"): {
            one.findtext("Name"): (one.findtext("DataType"), one.findtext("IsRetrievable"))
            for one in each.findall("Properties")
        }
        for each in answer.all("ObjectDefinition")
    }


TYPES = [
    "DataFolder", "DataExtension", "DataExtensionField", "DataExtensionTemplate", "QueryDefinition",
    "AsyncActivityStatus", "Subscriber", "BusinessUnit",
]  # fmt: skip


def test_types_are_described_in_the_order_asked_for_and_unknown_ones_left_out(mce: Mce) -> None:
    found = describe(mce, *TYPES, "Frobnicator")
    assert list(found) == TYPES
    assert found["DataFolder"]["ParentFolder.ID"] == ("Int32", "true")
    assert found["DataFolder"]["PartnerKey"] == ("String", "false")
    assert found["DataExtension"]["CreatedDate"] == ("DateTime", "true")


@pytest.mark.parametrize("object_type", TYPES)
def test_all_that_is_said_to_be_retrievable_can_be_retrieved(mce: Mce, object_type: str) -> None:
    unit = Mce(mce.http, 7001000)
    names = [
        name for name, (_, retrievable) in describe(unit, object_type)[object_type].items() if retrievable == "true"
    ]
    assert unit.retrieve(object_type, " ".join(str(name) for name in names)).value("OverallStatus") == "OK"


def test_the_rows_of_a_data_extension_are_described_by_its_fields(mce: Mce) -> None:
    _, key = mce.seed("Id Number key, Word Text(10), Day Date")
    assert describe(mce, f"DataExtensionObject[{key}]") == {
        "DataExtensionObject": {"Id": ("Int32", "true"), "Word": ("String", "true"), "Day": ("DateTime", "true")}
    }


def test_the_version_comes_with_its_history_if_asked_for(mce: Mce) -> None:
    bare = mce.soap(f'<VersionInfoRequestMsg xmlns="{PARTNER}" />')
    more = mce.soap(
        f'<VersionInfoRequestMsg xmlns="{PARTNER}"><IncludeVersionHistory>true</IncludeVersionHistory>'
        "</VersionInfoRequestMsg>"
    )
    assert bare.shape == ["VersionInfo", "RequestID"]
    assert [child.tag for child in bare.all("VersionInfo")[0]] == ["Version", "VersionDate", "Notes"]
    assert more.value("VersionInfo/VersionHistory/Version") == bare.value("VersionInfo/Version")


def test_the_system_is_well(mce: Mce) -> None:
    answer = mce.soap(f'<SystemStatusRequestMsg xmlns="{PARTNER}"><Options /></SystemStatusRequestMsg>')
    assert answer.shape == ["Results", "OverallStatus", "OverallStatusMessage", "RequestID"]
    assert (answer.value("Results/Result/SystemStatus"), answer.value("OverallStatus")) == ("OK", "OK")
    assert "<wsa:Action>GetSystemStatusResponse</wsa:Action>" in answer.text


@pytest.mark.parametrize("message", ["ScheduleRequestMsg", "ConfigureRequestMsg", "ExtractRequestMsg"])
def test_what_the_sandbox_does_not_do_is_a_fault(mce: Mce, message: str) -> None:
    answer = mce.soap(f'<{message} xmlns="{PARTNER}" />')
    assert (answer.status, answer.value("faultcode")) == (500, "soap:Client")


@pytest.mark.parametrize("action", ["Retrieve", '"Retrieve"', "", None])
def test_the_soap_action_may_be_bare_quoted_or_missing(mce: Mce, action: str | None) -> None:
    body = (
        f'<RetrieveRequestMsg xmlns="{PARTNER}"><RetrieveRequest><ObjectType>DataFolder</ObjectType>'
        "<Properties>ID</Properties></RetrieveRequest></RetrieveRequestMsg>"
    )
    headers = {"content-type": "text/xml"} | ({} if action is None else {"SOAPAction": action})
    response = mce.http.post("/Service.asmx", content=mce.envelope(body, mce.token), headers=headers)
    assert read(response).value("OverallStatus") == "OK"


def test_no_operation_works_without_a_token(http: httpx.Client, mce: Mce) -> None:
    for message in ("VersionInfoRequestMsg", "SystemStatusRequestMsg", "DefinitionRequestMsg"):
        answer = mce.soap(f'<{message} xmlns="{PARTNER}" />', token="made-up")
        assert (answer.status, answer.value("faultstring")) == (500, "Login Failed")
