"""A body that never ends is not read to its end, and not for somebody who has not even signed in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from django.conf import settings

from qspro.asgi import application

CHUNK = b"x" * 2**20


@pytest.mark.parametrize("path", ["/api/runs", "/healthz", "/nowhere"])
def test_a_body_is_read_up_to_the_limit_and_no_further(path: str) -> None:
    read = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1_000):
            read.append(number)
            yield CHUNK

    transport = httpx.ASGITransport(cast(Any, application))

    async def post() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(path, content=endless(), headers={"X-Request-ID": "mine"})

    answer = asyncio.run(post())
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert (answer.json()["code"], answer.json()["requestId"]) == ("body_too_large", "mine")
    assert answer.headers["X-Request-ID"] == "mine"
    assert len(read) == settings.DATA_UPLOAD_MAX_MEMORY_SIZE // len(CHUNK) + 1
