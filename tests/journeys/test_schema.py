"""The API keeps its schema's word: every operation is asked with some examples that schemathesis draws from it."""

from typing import Any

import httpx
import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

EXAMPLES = 8
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
GENERATOR: Any = SchemaGenerator  # it has no types
OPERATIONS = [
    (method.upper(), path)
    for path, each in GENERATOR().get_schema(request=None, public=True)["paths"].items()
    for method in each
]
# Whoever asks without an API key gets the same answer from every operation but this one, which reads its body first.
OPEN = {("POST", "/api/auth/token/refresh")}


@pytest.fixture(scope="module")
def described(system: System) -> dict[str, Any]:
    """The schema that the running system serves."""
    headers = {"Accept": "application/vnd.oai.openapi+json"}
    found: dict[str, Any] = httpx.get(f"{system.facts['api']}/api/schema/", headers=headers).json()
    return found


@pytest.fixture(scope="module")
def operations(described: dict[str, Any], system: System) -> Any:
    """By path and method, as schemathesis has them."""
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=system.facts["api"])
    return schema


def test_the_schema_is_openapi_without_a_flaw(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_every_operation_has_a_name_of_its_own_and_is_asked_here(described: dict[str, Any]) -> None:
    paths = described["paths"].items()
    names = {(method.upper(), path): told["operationId"] for path, each in paths for method, told in each.items()}
    assert set(names) == set(OPERATIONS)
    assert len(set(names.values())) == len(names)


def allowed(operation: Any) -> SearchStrategy[schemathesis.Case]:
    found: SearchStrategy[schemathesis.Case] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return found


def allowed_and_forbidden(operation: Any) -> SearchStrategy[schemathesis.Case]:
    """Both, where there is something that the schema can forbid."""
    if not operation.body and not operation.query:
        return allowed(operation)
    forbidden: SearchStrategy[schemathesis.Case] = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return allowed(operation) | forbidden


def statuses_of(cases: SearchStrategy[schemathesis.Case], key: str) -> set[int]:
    """Asks some of them with this API key, checks each answer; the statuses that came."""
    statuses: set[int] = set()

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Api-Key {key}"}, timeout=60)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
    return statuses


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_with_an_api_key_every_answer_is_one_that_the_schema_tells(
    operations: Any, system: System, method: str, path: str
) -> None:
    statuses = statuses_of(allowed_and_forbidden(operations[path][method]), system.facts["apiKeys"]["owner"])
    assert 401 not in statuses or (method, path) in OPEN


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_without_one_nobody_gets_in(operations: Any, method: str, path: str) -> None:
    statuses = statuses_of(allowed(operations[path][method]), "qsp_nobodys")
    assert statuses <= ({400, 401} if (method, path) in OPEN else {401})


def test_a_run_answers_as_the_schema_tells_from_its_submission_to_its_rows(operations: Any, system: System) -> None:
    headers = {"Authorization": f"Api-Key {system.facts['apiKeys']['owner']}"}

    def ask(method: str, path: str, **parts: Any) -> Any:
        # Of a stream the schema describes the whole, schemathesis takes it for one frame.
        checks = CHECKS[:-1] if path.endswith("/events") else CHECKS
        return operations[path][method].Case(**parts).call_and_validate(checks=checks, headers=headers, timeout=60)

    body = {"sqlText": "SELECT TOP 60 CustomerID, Email FROM Customers"}
    submitted = ask("POST", "/api/runs", body=body, media_type="application/json")
    run = {"run_id": submitted.json()["runId"]}
    # The stream ends with the run.
    tails = [("GET", "/events"), ("GET", ""), ("GET", "/results"), ("POST", "/events/ticket"), ("POST", "/cancel")]
    answers = [ask(method, f"/api/runs/{{run_id}}{tail}", path_parameters=run) for method, tail in tails]
    assert [answer.status_code for answer in (submitted, *answers)] == [202, 200, 200, 200, 201, 409]
