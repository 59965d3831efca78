"""The API's schema on signing in."""

import pytest
from django.test import Client


@pytest.fixture(scope="module")
def schema() -> dict[str, object]:
    headers = {"Accept": "application/vnd.oai.openapi+json"}
    found: dict[str, object] = Client().get("/api/schema/", headers=headers).json()
    return found


def test_the_three_ways_of_signing_in_are_told(schema: dict[str, dict[str, dict[str, dict[str, str]]]]) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert {name: (each["type"], each.get("in")) for name, each in schemes.items()} == {
        "apiKey": ("apiKey", "header"),
        "bearer": ("http", None),
        "session": ("apiKey", "cookie"),
    }


@pytest.mark.parametrize(
    ("path", "security"),
    [("/api/auth/token", [{"apiKey": []}, {"bearer": []}, {"session": []}]), ("/api/auth/token/refresh", [{}])],
)
def test_each_address_tells_which_of_them_it_takes(
    path: str, security: list[object], schema: dict[str, dict[str, dict[str, dict[str, object]]]]
) -> None:
    assert schema["paths"][path]["post"].get("security", [{}]) == security
