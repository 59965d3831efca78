"""One request to the API, with whatever credential a test has in hand."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        found: str = self.body["code"]
        return found

    @property
    def error(self) -> tuple[int, str]:
        """The status and the code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return self.status, self.body["code"]


def ask(
    method: str, path: str, authorization: str = "", body: Any = None, *, client: Client | None = None, **headers: str
) -> Answer:
    """As nobody in particular, unless `authorization` or the session of `client` says who."""
    if authorization:
        headers["Authorization"] = authorization
    found = (client or Client()).generic(
        method,
        path,
        data=b"" if body is None else json.dumps(body),
        content_type="application/json",
        headers=headers,
    )
    return Answer(found.status_code, found.json() if found.content else None, found.headers)


def me(authorization: str) -> Answer:
    return ask("GET", "/api/me", authorization)
