"""Somebody with a browser who signs in: our pages by Django's test client, the sandbox's page over HTTP."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from django.test import Client

from tests.asking import Answer, ask

LOGIN = "/auth/mce/login"
CALLBACK = "/auth/mce/callback"


@dataclass(frozen=True)
class BrowserUser:
    """As the sandbox knows them; `client` holds the cookies of our site."""

    user: str
    mid: int
    subdomain: str
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def begin(self, **asked: str) -> str:
        """Where our site sends the browser."""
        found = self.client.get(LOGIN, {"subdomain": self.subdomain, **asked})
        assert found.status_code == 302, found.content
        return found.headers["Location"]

    def choose(self, address: str, **form: str) -> dict[str, str]:
        """Presses a button of Marketing Cloud's page: what it tells our callback."""
        answer = httpx.post(address, data=form or {"user": self.user, "account_id": str(self.mid)})
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        assert back.path == CALLBACK
        return {name: values[0] for name, values in parse_qs(back.query).items()}

    def come_back(self, told: dict[str, str]) -> Any:
        """The test client's response."""
        return self.client.get(CALLBACK, told)

    def sign_in(self, **asked: str) -> Any:
        return self.come_back(self.choose(self.begin(**asked)))

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Of the API, as the console does."""
        token = self.client.cookies["csrftoken"].value if "csrftoken" in self.client.cookies else ""
        return ask(method, path, body=body, client=self.client, **({"X-CSRFToken": token} if token else {}))


def alice(mid: int = 7001001) -> BrowserUser:
    return BrowserUser("u-alice", mid, "mc-northwind")


def bob(mid: int = 7001001) -> BrowserUser:
    return BrowserUser("u-bob", mid, "mc-northwind")


def mallory() -> BrowserUser:
    return BrowserUser("u-mallory", 8002001, "mc-globex")
