"""Errors leave the API in one form, whoever raised them, and every answer has its request's id."""

import json
import logging
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from qspro.logging import formatter
from tests.cast import Cast
from tests.qspro.urls import SECRET

RUN = "/api/runs/5a1e0c9e-0000-4000-8000-000000000000"


def problem_of(response: Any) -> dict[str, Any]:
    """The body without the request's id, once its form is seen to be right."""
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body.pop("requestId") == response["X-Request-ID"]
    assert body.pop("type") == f"urn:qspro:error:{body['code']}"
    assert body.pop("status") == response.status_code
    return body


def post(path: str, data: Any, cast: Cast, kind: str = "application/json", **headers: str) -> Any:
    return Client().generic("POST", path, data, content_type=kind, headers={**cast.alice.headers, **headers})


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/api/runs/not-a-uuid", "/api/runs/"])
def test_an_unknown_address_is_404(path: str) -> None:
    response = Client().post(path)
    assert response.status_code == 404
    assert problem_of(response) == {
        "title": "There is nothing here",
        "detail": "No such address.",
        "code": "not_found",
        "retryable": False,
    }


def test_a_wrong_method_is_405_and_says_which_there_are(cast: Cast) -> None:
    response = Client().delete("/api/runs", headers=cast.alice.headers)
    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert problem_of(response)["code"] == "method_not_allowed"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_kind_of_body_is_415(kind: str, cast: Cast) -> None:
    response = post("/api/queries/validate", b"sqlText=SELECT", cast, kind)
    assert response.status_code == 415
    assert problem_of(response) == {
        "title": "Send JSON",
        "detail": "Send a JSON body with Content-Type: application/json.",
        "code": "unsupported_media_type",
        "retryable": False,
    }


@pytest.mark.parametrize("path", ["/api/me", "/api/schema/"])
def test_another_kind_of_answer_is_406(path: str, cast: Cast) -> None:
    response = Client().get(path, headers={**cast.alice.headers, "Accept": "text/html"})
    assert (response.status_code, problem_of(response)["code"]) == (406, "not_acceptable")


def test_an_error_is_json_also_where_yaml_is_answered(cast: Cast) -> None:
    response = Client().delete("/api/schema/", headers={**cast.alice.headers, "Accept": "application/yaml"})
    assert (response.status_code, problem_of(response)["code"]) == (405, "method_not_allowed")


NO_JSON = "The body is not valid JSON."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", NO_JSON),
        (b'{"sqlText": NaN}', NO_JSON),
        (b'{"sqlText": "\xff"}', NO_JSON),
        (b"[" * 100_000, NO_JSON),
        (b"{'a': 1}", NO_JSON),
        (
            b'{"sqlText": "SELECT 1 AS a", "targetDataExtension": {"customerKey": "a", "customerKey": "b"}}',
            "The body gives a field twice.",
        ),
    ],
    ids=["cut", "NaN", "no UTF-8", "deep", "single quotes", "a field twice"],
)
def test_what_cannot_be_read_as_json_is_400_without_an_echo_of_it(body: bytes, detail: str, cast: Cast) -> None:
    response = post("/api/queries/validate", body, cast)
    assert response.status_code == 400
    assert problem_of(response) == {
        "title": "The request is not valid",
        "detail": detail,
        "code": "bad_request",
        "retryable": False,
    }


def test_an_unknown_charset_is_400(cast: Cast) -> None:
    response = post("/api/queries/validate", b"{}", cast, "application/json; charset=zip")
    assert (response.status_code, problem_of(response)["code"]) == (400, "bad_request")


def test_a_body_beyond_the_limit_is_413_and_one_byte_less_is_read(cast: Cast) -> None:
    limit = django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert limit == 2 * 1024 * 1024
    start, end = b'{"sqlText": "', b'"}'
    body = start + b"x" * (limit - len(start) - len(end)) + end
    read = post("/api/queries/validate", body, cast)
    assert (read.status_code, problem_of(read)["code"]) == (400, "invalid_fields")
    refused = post("/api/queries/validate", body + b" ", cast)
    assert (refused.status_code, problem_of(refused)["code"]) == (413, "body_too_large")
    assert refused.json()["detail"] == "It may have 2097152 bytes."


@pytest.mark.parametrize(
    ("body", "violations"),
    [
        ({}, [("sqlText", "This field is required.")]),
        (
            {"sqlText": "SELECT 1", "snippetName": "x" * 101, "sqltext": 1},
            [("snippetName", "Ensure this field has no more than 100 characters.")],
        ),
        ({"sqlText": "SELECT 1", "sql": 1}, [("sql", "There is no such field.")]),
        ({"sqlText": None}, [("sqlText", "This field may not be null.")]),
        ({"sqlText": "SELECT 1", "\ud800": 1}, [("\ud800", "There is no such field.")]),
        (
            {"sqlText": "SELECT 1", "targetDataExtension": {"customerKey": "k", "updateType": "\ud800"}},
            [("targetDataExtension.updateType", '"\ud800" is not a valid choice.')],
        ),
        ({"sqlText": "\x00"}, [("sqlText", "Null characters are not allowed.")]),
        ([], [("non_field_errors", "Invalid data. Expected a dictionary, but got list.")]),
    ],
)
def test_a_field_that_is_not_valid_is_named_in_violations(
    body: Any, violations: list[tuple[str, str]], cast: Cast
) -> None:
    response = post("/api/runs", json.dumps(body), cast)
    assert response.status_code == 400
    problem = problem_of(response)
    assert (problem["code"], problem["title"]) == ("invalid_fields", "Some fields are not valid")
    assert [(each["field"], each["message"]) for each in problem["violations"]] == violations
    assert problem["detail"] == "; ".join(f"{field}: {message}" for field, message in violations)


@pytest.mark.parametrize("path", ["/api/failing", "/failing"])
def test_what_nobody_foresaw_is_500_and_says_nothing_of_it(
    path: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = "tests.qspro.urls"
    response = Client(raise_request_exception=False).get(path, headers={"X-Request-ID": "mine-1"})
    assert (response.status_code, SECRET in response.text) == (500, False)
    assert problem_of(response) == {
        "title": "Something went wrong",
        "detail": "This is our fault; the log has it under the request id.",
        "code": "internal",
        "retryable": False,
    }
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert SECRET in caplog.text
    assert json.loads(formatter("json").format(record))["requestId"] == "mine-1"


def test_what_a_view_forbids_is_403(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.qspro.urls"
    response = Client().put("/api/failing")
    assert (response.status_code, problem_of(response)["code"]) == (403, "forbidden")


def test_a_host_that_is_not_ours_is_400(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django.security")
    response = Client().get("/api/me", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert problem_of(response)["detail"] == "The request is not valid"


@pytest.mark.parametrize("given", ["abc-123", "A.b_c", "x" * 64])
def test_a_request_id_is_kept(given: str) -> None:
    response = Client().get("/healthz", headers={"X-Request-ID": given})
    assert (response.status_code, response["X-Request-ID"]) == (200, given)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", "é"])
def test_a_request_id_that_could_forge_a_log_line_is_replaced_and_so_is_none(given: str) -> None:
    ids = {Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2
    assert {(len(each), each.isalnum()) for each in ids} == {(32, True)}


def test_the_log_line_of_a_refused_request_has_its_id(caplog: pytest.LogCaptureFixture) -> None:
    Client().get("/nowhere", headers={"X-Request-ID": "mine-2"})
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert json.loads(formatter("json").format(record))["requestId"] == "mine-2"
