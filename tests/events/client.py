"""A client of streams, as small as one can be."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

Frame = tuple[int, str, dict[str, Any]]


class Stream:
    """The open answer: its frames one by one, and the comments between them."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.comments = 0
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[Frame]:
        """Until the server ends the stream."""
        fields: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if line and not name:
                self.comments += 1
            elif line:
                fields[name] = value
            elif fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                fields = {}

    def take(self, count: int) -> list[Frame]:
        frames = iter(self)
        return [next(frames) for _ in range(count)]

    def comment(self) -> str:
        """The next comment."""
        return next(line for line in self._lines if line.startswith(":"))


@contextmanager
def opened(url: str, headers: dict[str, str], **options: Any) -> Iterator[Stream]:
    with httpx.stream("GET", url, headers=headers, timeout=30, **options) as response:
        if response.status_code != 200:
            response.read()
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream"), response.text
        yield Stream(response)
