"""The API as a client sees it: Django's test client over the real database, broker and sandbox."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, Person


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        found: str = self.body["code"]
        return found


@dataclass(frozen=True)
class Api:
    """Calls as one person, with their API key."""

    person: Person

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        found = Client().generic(
            method,
            path,
            data=b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers={**self.person.headers, **headers},
        )
        return Answer(found.status_code, found.json() if found.content else None, found.headers)


@pytest.fixture
def alice(connected: Cast) -> Api:
    return Api(connected.alice)


@pytest.fixture
def bob(connected: Cast) -> Api:
    return Api(connected.bob)


@pytest.fixture
def mallory(connected: Cast) -> Api:
    return Api(connected.mallory)
