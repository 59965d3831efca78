"""What the API answers is kept by nobody on the way, nor by the browser of who has signed out."""

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.mark.parametrize(
    "path", ["/api/me", "/api/runs", "/api/runs/5a1e0c9e-0000-4000-8000-000000000000", "/api/business-units"]
)
def test_nobody_keeps_what_the_api_answers(path: str, cast: Cast) -> None:
    assert Client().get(path, headers=cast.alice.headers)["Cache-Control"] == "no-store"
    assert Client().get(path)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/", "/healthz"])
def test_what_is_the_same_for_all_says_nothing_of_it(path: str, database: None) -> None:
    assert "Cache-Control" not in Client().get(path)
