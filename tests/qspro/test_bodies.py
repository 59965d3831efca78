"""A body that never ends is not read to its end, and one in an alphabet of its own not at all; headers are not read at
whatever length: not for somebody who has not even signed in.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from django.conf import settings

from qspro.asgi import application
from qspro.bodies import MOST_IN_A_HEADER, MOST_IN_A_MEDIA_TYPE, MOST_IN_HEADERS

CHUNK = b"x" * 2**20


def post(path: str, content: Any, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(cast(Any, application))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(path, content=content, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/api/runs", "/healthz", "/nowhere"])
def test_a_body_is_read_up_to_the_limit_and_no_further(path: str) -> None:
    read = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1_000):
            read.append(number)
            yield CHUNK

    answer = post(path, endless(), **{"X-Request-ID": "mine"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert (answer.json()["code"], answer.json()["requestId"]) == ("body_too_large", "mine")
    assert answer.headers["X-Request-ID"] == "mine"
    assert len(read) == settings.DATA_UPLOAD_MAX_MEMORY_SIZE // len(CHUNK) + 1


JSON, FORM, PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize("path", ["/api/auth/token/refresh", "/admin/login/", "/nowhere"])
@pytest.mark.parametrize(
    "kind",
    [
        *(f"{JSON}; charset={name}" for name in ("punycode", "idna", "utf-7", "utf-16", "zip", '"idna"', "utf-8,x")),
        f"{JSON};CHARSET = punycode",
        f"{JSON}; charset*=utf-8''punycode",
        f"{JSON}; charset*0=puny; charset*1=code",
        f"{JSON}; a*=punycode''xyz",
        f"{FORM}; charset=punycode",
        f"{PARTS}; charset=punycode",
    ],
)
def test_a_body_in_another_charset_than_utf_8_is_refused_unread(path: str, kind: str) -> None:
    async def unread() -> AsyncIterator[bytes]:
        pytest.fail("it was read")
        yield b""

    answer = post(path, unread(), **{"Content-Type": kind})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert (answer.json()["code"], answer.json()["detail"]) == ("bad_request", "Send text in UTF-8.")


def test_a_second_content_type_does_not_hide_the_charset() -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(cast(Any, application))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            kinds = [("Content-Type", JSON), ("Content-Type", f"{JSON}; charset=punycode")]
            return await client.post("/nowhere", content=b"{}", headers=kinds)

    assert asyncio.run(ask()).status_code == 400


def test_what_is_accepted_is_not_written_in_a_charset_of_its_own() -> None:
    answer = post("/nowhere", b"", Accept=f"{JSON}; a*=punycode''xyz")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("kind", [JSON, f"{JSON}; charset=utf-8", f'{JSON};charset="UTF8"', f"{JSON};charset=us-ascii"])
def test_utf_8_and_its_part_ascii_are_read(kind: str) -> None:
    answer = post("/api/auth/token/refresh", b"{}", **{"Content-Type": kind, "Accept": "*/*;q=0.5, application/*"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")


@pytest.mark.parametrize("path", ["/healthz", "/api/runs/0e1bd1bb-7d4e-4e5f-a3e4-3a2b6f0c9f57/events"])
@pytest.mark.parametrize(
    "headers",
    [
        # Each takes the longer by the square of its length: this one a minute.
        {"Content-Type": 'a/b;"' + ";" * 200_000},
        {"Content-Type": 'a/b;"' + ";" * MOST_IN_A_MEDIA_TYPE},
        {"Accept": 'a/b;"' + ";" * MOST_IN_A_MEDIA_TYPE},
        {"Cookie": f'a="{chr(92) * 500_000}"'},
        {"X-Whatever": "x" * MOST_IN_A_HEADER},
        {f"X-{number}": "x" * 1_000 for number in range(MOST_IN_HEADERS // 1_000 + 1)},
    ],
    ids=["type", "shorter type", "accept", "cookie", "header", "headers"],
)
def test_headers_that_are_too_long_are_refused_unread(path: str, headers: dict[str, str]) -> None:
    answer = post(path, b"", **headers, **{"X-Request-ID": "mine"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (431, "application/problem+json")
    assert (answer.json()["code"], answer.json()["requestId"]) == ("headers_too_large", "mine")


def test_headers_of_the_usual_length_are_read() -> None:
    headers = {"Authorization": f"Bearer {'x' * 4_000}", "Cookie": f"other={'x' * 4_000}", "Accept": "*/*;q=0.9"}
    assert post("/api/auth/logout", b"", **headers).status_code == 401
