"""The client: one method a verb of the API."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from qspro_client.errors import ApiError, QsproError, RunNotReady, Unreachable, WrongUsage
from qspro_client.frames import frames
from qspro_client.models import FINAL, Event, Page, Run, Target

# Half a minute in all: an API that starts again is waited for.
TRIES = 7
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# The server says something each 15 s.
STREAM_SILENCE_SECONDS = 60.0
KEY = re.compile(r"[!-~]+")


class Client:
    """Acts as one user in one business unit: those of the API key."""

    def __init__(self, url: str, *, api_key: str, timeout: float = 60.0) -> None:
        check_address(url)
        if not KEY.fullmatch(api_key):
            raise WrongUsage("The API key is empty or holds characters that no key has.")
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Api-Key {api_key}"}, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def submit(self, sql: str, *, name: str = "", target: Target | None = None) -> str:
        """Starts a run and gives its id. Tried again after a lost answer, it is the same run."""
        body: dict[str, Any] = {"sqlText": sql, "snippetName": name}
        if target:
            body["targetDataExtension"] = target.body()
        answer = self._ask("POST", "/api/runs", json=body, headers={"Idempotency-Key": str(uuid4())})
        return str(answer["runId"])

    def get(self, run_id: str) -> Run:
        return Run.read(self._ask("GET", f"/api/runs/{run_id}"))

    def events(self, run_id: str) -> Iterator[Event]:
        """Every event once, in order, to the run's end; a stream that breaks is taken up where it ended."""
        last, failures = 0, 0
        while True:
            try:
                for event in self._stream(run_id, after=last):
                    failures = 0
                    if event is None:
                        continue
                    last = event.id
                    yield event
                    if event.status in FINAL:
                        return
                trouble: QsproError = Unreachable("The stream of events ended before the run.")
            except httpx.TransportError as error:
                trouble = unreachable("The stream of events broke", error)
            except ApiError as error:
                if not error.retryable:
                    raise
                trouble = error
            failures += 1
            if failures == TRIES:
                raise trouble
            time.sleep(pause(failures, trouble))

    def run(
        self,
        sql: str,
        *,
        name: str = "",
        target: Target | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> Run:
        """Submits, follows to the end. Raises RunNotReady."""
        run_id = self.submit(sql, name=name, target=target)
        for event in self.events(run_id):
            if on_event:
                on_event(event)
        return self.ready(run_id)

    def ready(self, run_id: str) -> Run:
        """The run, which has ended. Raises RunNotReady."""
        run = self.get(run_id)
        if run.status != "ready":
            raise RunNotReady(run)
        return run

    def page(self, run_id: str, number: int = 1) -> Page:
        return Page.read(self._ask("GET", f"/api/runs/{run_id}/results", params={"page": number}))

    def pages(self, run_id: str) -> Iterator[Page]:
        """All pages that can be read; there is always a first one."""
        page = self.page(run_id)
        yield page
        for number in range(2, page.total_pages + 1):
            yield self.page(run_id, number)

    def rows(self, run_id: str) -> Iterator[tuple[Any, ...]]:
        for page in self.pages(run_id):
            yield from page.rows

    def cancel(self, run_id: str) -> bool:
        """Whether rows may still be written: Marketing Cloud cannot stop a query. Raises ApiError once it has ended."""
        return bool(self._ask("POST", f"/api/runs/{run_id}/cancel")["mayStillWrite"])

    def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """Everything asked here may be asked again: reading, canceling, and what carries an Idempotency-Key."""
        for attempt in range(1, TRIES + 1):
            try:
                return self._answer(method, path, **request)
            except httpx.TransportError as error:
                trouble: QsproError = unreachable(f"{self._http.base_url} does not answer", error)
            except ApiError as error:
                if not passes(error):
                    raise
                trouble = error
            if attempt < TRIES:
                time.sleep(pause(attempt, trouble))
        raise trouble

    def _answer(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **request)
        if not answer.is_success:
            raise ApiError.of(answer)
        kind = answer.headers.get("Content-Type", "untyped")
        if not kind.startswith("application/json"):
            raise ApiError(answer.status_code, {"detail": f"The answer is {kind}, which is not QS Pro's."})
        found: dict[str, Any] = answer.json()
        return found

    def _stream(self, run_id: str, *, after: int) -> Iterator[Event | None]:
        """None for a sign of life: the stream may be cut off while nothing happens, as often as somebody likes."""
        headers: Mapping[str, str] = {"Last-Event-ID": str(after)} if after else {}
        path = f"/api/runs/{run_id}/events"
        with self._http.stream("GET", path, headers=headers, timeout=STREAM_SILENCE_SECONDS) as answer:
            if not answer.is_success:
                answer.read()
                raise ApiError.of(answer)
            for frame in frames(answer.iter_lines()):
                yield Event.read(*frame) if frame else None


def pause(attempt: int, trouble: QsproError) -> float:
    """Seconds until the next try: what the server says, else twice as long each time."""
    said = trouble.retry_after if isinstance(trouble, ApiError) else None
    return min(said or FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS)


def passes(error: ApiError) -> bool:
    """Whether it is waited for here; limits are for the caller to deal with.

    Whose first answer was lost may be told that the server is still at it: then there is a run to be told of.
    """
    return error.retryable and (error.status >= 500 or error.code == "idempotency_in_flight")


def unreachable(what: str, error: httpx.TransportError) -> Unreachable:
    reason = f" ({error})" if str(error) else ""
    made = Unreachable(f"{what}: {type(error).__name__}{reason}.")
    made.__cause__ = error
    return made


def check_address(url: str) -> None:
    """Raises WrongUsage."""
    try:
        found = httpx.URL(url)
        good = found.scheme in {"http", "https"} and bool(found.host)
    except httpx.InvalidURL:
        good = False
    if not good:
        raise WrongUsage(f"{url} is no address of QS Pro: it begins with http:// or https:// and names a host.")
