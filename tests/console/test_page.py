"""The page at `/`."""

import re
from html.parser import HTMLParser

from django.test import Client

from console.policy import POLICY


class Parts(HTMLParser):
    """What the page asks for, and whether anything in it is inline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_brings_a_policy_with_a_nonce_that_is_new_each_time() -> None:
    nonces = []
    for _ in range(2):
        page = Client().get("/")
        found = re.search(r"script-src 'nonce-([\w-]{24})'", page.headers["Content-Security-Policy"])
        assert found is not None
        nonces.append(found[1])
        assert page.headers["Content-Security-Policy"].startswith(POLICY.format(nonce=found[1]))
        assert [script["nonce"] for script in Parts(page.text).of("script")] == [found[1]]
    assert nonces[0] != nonces[1]


def test_the_policy_lets_nothing_in_that_is_not_ours() -> None:
    sources = {
        part.split()[0]: part.split()[1:]
        for part in POLICY.split("; ")
        if part.split()[0].endswith("-src") or part.split()[0] in {"base-uri", "form-action", "trusted-types"}
    }
    assert sources == {
        "default-src": ["'none'"],
        "script-src": ["'nonce-{nonce}'"],
        "style-src": ["'self'", "'nonce-{nonce}'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "trusted-types": ["'none'"],
    }


def test_the_page_has_nothing_inline_and_asks_nobody_else() -> None:
    parts = Parts(Client().get("/").text)
    assert [
        name for _, attributes in parts.tags for name in attributes if name == "style" or name.startswith("on")
    ] == []
    assert parts.of("style") == []
    asked = [each["src"] for each in parts.of("script")] + [each["href"] for each in parts.of("link")]
    assert sorted(str(each) for each in asked) == [
        "/static/console/console.css",
        "/static/console/console.js",
        "/static/console/icon.svg",
    ]
    assert [Client().get(str(each)).status_code for each in asked] == [200, 200, 200]


def test_the_page_gives_the_csrf_token_and_is_not_kept() -> None:
    page = Client().get("/")
    assert len(page.cookies["csrftoken"].value) == 32
    assert "no-store" in page.headers["Cache-Control"]


def test_the_page_is_read_only() -> None:
    assert Client().post("/").status_code == 405


def test_data_views_and_functions_are_told_for_completion() -> None:
    words = Client().get("/console/vocabulary.json").json()
    sent = next(view for view in words["dataViews"] if view["name"] == "_Sent")
    assert sent["fields"][0] == {"name": "AccountID", "type": "Number", "length": None, "scale": None}
    assert {"DATEDIFF", "ISNULL", "STRING_AGG"} <= set(words["functions"])
