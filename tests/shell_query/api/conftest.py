"""The API as a client sees it: Django's test client over the real database, broker and sandbox."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.asking import Answer, ask
from tests.cast import Cast, Person


@dataclass(frozen=True)
class Api:
    """Calls as one person, with their API key."""

    person: Person

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        given = {**self.person.headers, **headers}
        return ask(method, path, given.pop("Authorization"), body, client=None, **given)


@pytest.fixture
def alice(connected: Cast) -> Api:
    return Api(connected.alice)


@pytest.fixture
def bob(connected: Cast) -> Api:
    return Api(connected.bob)


@pytest.fixture
def mallory(connected: Cast) -> Api:
    return Api(connected.mallory)
