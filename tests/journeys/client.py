"""A client as anybody could write one: HTTP, JSON and server-sent events."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

# No run of these journeys may take longer; a stream that says nothing for so long is broken.
PATIENCE = 120.0


@dataclass(frozen=True)
class Frame:
    id: int
    event: str
    data: dict[str, Any]

    @property
    def step(self) -> str:
        """The stage, or the status where there is none."""
        return str(self.data.get("stage") or self.data["status"])


class Client:
    def __init__(self, api: str, key: str) -> None:
        self.http = httpx.Client(base_url=api, headers={"Authorization": f"Api-Key {key}"}, timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def submit(self, sql: str, **fields: Any) -> str:
        """The path of the run."""
        answer = self.http.post("/api/runs", json={"sqlText": sql, **fields})
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"])

    def get(self, path: str, **headers: str) -> Any:
        answer = self.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def cancel(self, run: str) -> httpx.Response:
        return self.http.post(f"{run}/cancel")

    @contextmanager
    def stream(self, run: str, *, after: int | None = None) -> Iterator[Iterator[Frame]]:
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        with self.http.stream("GET", f"{run}/events", headers=headers) as answer:
            assert answer.status_code == 200, answer.read()
            yield frames(answer.iter_lines())

    def follow(self, run: str, *, after: int | None = None) -> list[Frame]:
        """Every frame until the server ends the stream."""
        with self.stream(run, after=after) as found:
            return list(found)

    def run(self, sql: str) -> tuple[str, list[Frame]]:
        """Submits and follows to the end."""
        path = self.submit(sql)
        return path, self.follow(path)

    def rows(self, run: str, page: int = 1) -> list[list[Any]]:
        found: list[list[Any]] = self.get(f"{run}/results?page={page}")["rows"]
        return found


def frames(lines: Iterator[str]) -> Iterator[Frame]:
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if not line:
            if "data" in fields:
                yield Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}
            continue
        name, _, value = line.partition(": ")
        fields[name] = value
