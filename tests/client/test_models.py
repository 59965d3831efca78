"""The client's dataclasses have the fields of the API's schema, and its package starts what it says."""

import dataclasses
import importlib
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from drf_spectacular.generators import SchemaGenerator

from qspro_client.errors import ApiError
from qspro_client.models import Column, Page, Run, Status, Target, Timings, UpdateType
from shell_query import states
from shell_query.targets import UpdateType as ServersUpdateType

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    generator: Any = SchemaGenerator  # it has no types
    found: dict[str, Any] = generator().get_schema(request=None, public=True)["components"]["schemas"]
    return found


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


# What the client makes by itself, or asks for by page number.
LEFT_OUT = {"Run": {"links"}, "ResultPage": {"next", "previous"}}


@pytest.mark.parametrize(
    ("name", "model"),
    [("Run", Run), ("Timings", Timings), ("Target", Target), ("Column", Column), ("ResultPage", Page)],
)
def test_a_dataclass_has_the_fields_of_the_schema(name: str, model: type, schemas: dict[str, Any]) -> None:
    fields = {camel(field.name) for field in dataclasses.fields(model)}
    assert fields == set(schemas[name]["properties"]) - LEFT_OUT.get(name, set())


def test_the_words_are_those_of_the_server() -> None:
    assert set(get_args(Status)) == {str(status) for status in states.Status}
    assert set(get_args(UpdateType)) == {str(each.value) for each in ServersUpdateType}


def test_an_error_has_the_fields_of_a_problem(schemas: dict[str, Any]) -> None:
    problem = {"detail": "d", "code": "c", "retryable": True, "retryAfter": 2, "requestId": "r", "violations": []}
    assert set(problem) | {"type", "title", "status"} == set(schemas["Problem"]["properties"])
    error = ApiError(503, problem)
    assert (str(error), error.code, error.retryable, error.retry_after, error.request_id) == ("d", "c", True, 2, "r")


def test_the_package_installs_a_command_that_is_there() -> None:
    module, _, name = tomllib.loads((ROOT / "client/pyproject.toml").read_text())["project"]["scripts"][
        "qspro"
    ].partition(":")
    assert callable(getattr(importlib.import_module(module), name))
