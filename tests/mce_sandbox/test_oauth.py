"""Tokens: how they are got, what they hold for, how they end."""

import httpx
import pytest

from mce_sandbox.accounts import SCOPES
from mce_sandbox.oauth.scopes import NEEDED
from tests.mce_sandbox.client import SECRETS, Mce, equals

ASKED = {
    "grant_type": "client_credentials",
    "client_id": "northwind-app",
    "client_secret": SECRETS["northwind-app"],
    "account_id": "7001001",
}


def test_a_token_answer_points_back_at_the_sandbox(http: httpx.Client) -> None:
    answer = http.post("/v2/token", json=ASKED).json()
    assert len(answer.pop("access_token")) > 400
    assert "data_extensions_read" in answer.pop("scope").split()
    assert answer == {
        "token_type": "Bearer",
        "expires_in": 1079,
        "soap_instance_url": str(http.base_url).rstrip("/") + "/",
        "rest_instance_url": str(http.base_url).rstrip("/") + "/",
    }


def test_a_form_body_does_as_well(http: httpx.Client) -> None:
    assert http.post("/v2/token", data=ASKED).json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"account_id": "8002001"}, 400, "invalid_request"),
        ({"account_id": "9" * 5000}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "never-given"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "never-given"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_request_is_refused(http: httpx.Client, change: dict[str, str], status: int, error: str) -> None:
    answer = http.post("/v2/token", json=ASKED | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description", "error_uri"}


def test_a_token_holds_for_one_business_unit(mce: Mce) -> None:
    name, key = mce.seed("Id Number")
    other = Mce(mce.http, 7001002)
    assert mce.retrieve("DataExtension", "Name", equals("CustomerKey", key)).texts("Results/Name") == [name]
    assert other.retrieve("DataExtension", "Name", equals("CustomerKey", key)).shape == [
        "OverallStatus",
        "RequestID",
    ]
    assert other.rowset(key).status_code == 404


def test_an_expired_token_and_a_bad_one_are_different_faults(mce: Mce) -> None:
    mce.http.post("/control/tokens/expire")
    expired = mce.retrieve("DataFolder", "ID")
    assert (expired.status, expired.value("faultcode"), expired.value("faultstring")) == (
        500, "q0:Security", "Token Expired",
    )  # fmt: skip
    bad = mce.soap("<RetrieveRequestMsg />", token="never-given")
    assert (bad.status, bad.value("faultcode"), bad.value("faultstring")) == (500, "q0:Security", "Login Failed")
    rest = mce.rowset("x")
    assert rest.status_code == 401
    assert (rest.json()["errorcode"], rest.json()["message"]) == (0, "Not Authorized")


def test_a_token_without_the_scope_is_told_so(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.token = mce.get_token("northwind-app", 7001001, scope="automations_read")
    answer = mce.rowset(key)
    assert (answer.status_code, answer.json()["errorcode"], answer.json()["message"]) == (
        403, 403, "Insufficient privileges to complete this action.",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/v2/token", "/mc/v2/token", "/auth/eu/V2/Token/"])
def test_the_token_endpoint_may_stand_below_a_folder(http: httpx.Client, path: str) -> None:
    assert http.post(path, json=ASKED).json()["rest_instance_url"] == str(http.base_url).rstrip("/") + "/"


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b'{"grant_type": NaN}', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/v2/token", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_token_ends_by_the_clock(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"token_seconds": 0})
    mce.token = mce.get_token("northwind-app", 7001001)
    assert mce.retrieve("DataFolder", "ID").value("faultstring") == "Token Expired"
    assert mce.rowset("x").status_code == 401


def test_userinfo_of_a_client_is_its_own_user(mce: Mce) -> None:
    told = mce.rest("GET", "/v2/userinfo").json()
    assert told["user"]["sub"] == "500"
    assert (told["organization"]["member_id"], told["organization"]["enterprise_id"]) == (7001001, 7001000)


def test_every_operation_of_rest_has_its_scope_written_down() -> None:
    assert {scope for scope in NEEDED.values() if scope} <= set(SCOPES.split())
