"""Clients: they submit runs, follow the events of some, leave and come back, and cancel a few."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.faults.judge import FINAL, ROWS, Kind
from tests.journeys.client import frames

RUNS_A_USER = 10
# A broken connection, a full house or a server that is down: the client waits so long and tries again.
PAUSE = 0.5
TROUBLE = (429, 500, 502, 503, 504)
PATIENCE = 600.0


@dataclass(frozen=True)
class User:
    key: str
    mid: int

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Api-Key {self.key}"}

    @property
    def target(self) -> str:
        """The data extension that this user's Appends go into (evidence.seed_targets)."""
        return f"faults-target-{self.mid}"


@dataclass
class Asked:
    """One run, and what its clients have been told."""

    user: User
    kind: Kind
    marker: str = field(default_factory=lambda: uuid4().hex)
    run_id: str = ""
    streams: list[list[tuple[int, str]]] = field(default_factory=list)

    @property
    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"sqlText": sql_of(self.kind, self.marker), "snippetName": self.kind.value}
        if self.kind is Kind.APPEND:
            body["targetDataExtension"] = {"customerKey": self.user.target, "updateType": "Append"}
        return body


def sql_of(kind: Kind, marker: str) -> str:
    if kind is Kind.BAD:
        return f"SELECT Nope, '{marker}' AS Marker FROM Customers"
    return f"SELECT TOP {ROWS} CustomerID, '{marker}' AS Marker FROM Customers ORDER BY CustomerID"


def kind_of(number: int) -> Kind:
    """Of the ten runs of a user: mostly ordinary ones."""
    return {2: Kind.APPEND, 4: Kind.CANCEL, 6: Kind.APPEND}.get(number % RUNS_A_USER, Kind.TEMP)


class Load:
    """`runs` runs in flight, and one with bad SQL for each twenty of them."""

    def __init__(self, api: str, users: Sequence[User], runs: int) -> None:
        self.api = api
        self.asked = [Asked(users[number // RUNS_A_USER], kind_of(number)) for number in range(runs)]
        spare = users[-(-runs // RUNS_A_USER) :]
        self.asked += [Asked(user, Kind.BAD) for user in spare for _ in range(5)][: max(1, runs // 20)]
        self.clients: list[threading.Thread] = []
        self.stop = threading.Event()
        self.errors: list[Exception] = []

    def submit(self) -> None:
        """All of them, each user's in turn; some are followed from the start."""
        by_user: dict[User, list[Asked]] = {}
        for asked in self.asked:
            by_user.setdefault(asked.user, []).append(asked)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.submit_for, by_user.values()))

    def submit_for(self, wanted: Sequence[Asked]) -> None:
        with httpx.Client(base_url=self.api, headers=wanted[0].user.headers, timeout=60) as http:
            for number, asked in enumerate(wanted):
                asked.run_id = submit(http, asked)
                if number in (0, 2, 4):
                    self.follow(asked, leaves=False)
                if number in (0, 6):
                    self.follow(asked, leaves=True)

    def follow(self, asked: Asked, *, leaves: bool) -> None:
        seen: list[tuple[int, str]] = []
        asked.streams.append(seen)
        client = threading.Thread(target=self.follow_to_the_end, args=(asked, seen, leaves), daemon=True)
        client.start()
        self.clients.append(client)

    def follow_to_the_end(self, asked: Asked, seen: list[tuple[int, str]], leaves: bool) -> None:
        """With `leaves` the client goes away after each second frame, and comes back."""
        try:
            with httpx.Client(base_url=self.api, headers=asked.user.headers, timeout=60) as http:
                while not self.stop.is_set() and not (seen and seen[-1][1] in FINAL):
                    listen(http, asked.run_id, seen, most=2 if leaves else None)
        except Exception as error:
            self.errors.append(error)

    def cancel(self) -> None:
        for asked in self.asked:
            if asked.kind is Kind.CANCEL:
                self.cancel_one(asked)

    def cancel_one(self, asked: Asked) -> None:
        answer = patient(asked.user, self.api, "POST", f"/api/runs/{asked.run_id}/cancel")
        if answer.status_code not in (202, 409):
            raise RuntimeError(f"Cancel was answered with {answer.status_code}: {answer.text}")

    def wait_for_clients(self, seconds: float) -> None:
        """Those that have not seen the end by then never will: the judge says so."""
        until = time.monotonic() + seconds
        for client in self.clients:
            client.join(max(0.0, until - time.monotonic()))
        self.stop.set()
        if self.errors:
            raise self.errors[0]


def submit(http: httpx.Client, asked: Asked) -> str:
    """Again under the same key after trouble: however often it is sent, one run is made."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            headers = {**asked.user.headers, "Idempotency-Key": asked.marker}
            answer = http.post("/api/runs", json=asked.body, headers=headers)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 202:
            return str(answer.json()["runId"])
        if answer is not None and answer.status_code not in (409, *TROUBLE):
            raise RuntimeError(f"A run was refused with {answer.status_code}: {answer.text}")
        if time.monotonic() > until:
            raise TimeoutError("A run could not be submitted.")
        time.sleep(PAUSE)


def listen(http: httpx.Client, run_id: str, seen: list[tuple[int, str]], *, most: int | None) -> None:
    """One connection, from the last frame seen."""
    headers = {"Last-Event-ID": str(seen[-1][0])} if seen else {}
    try:
        with http.stream("GET", f"/api/runs/{run_id}/events", headers=headers) as answer:
            if answer.status_code == 200:
                for number, frame in enumerate(frames(answer.iter_lines()), start=1):
                    seen.append((frame.id, str(frame.data["status"])))
                    if number == most:
                        return
            elif answer.status_code not in TROUBLE:
                raise RuntimeError(f"A stream was refused with {answer.status_code}.")
    except httpx.TransportError:
        pass
    time.sleep(PAUSE)


def patient(user: User, api: str, method: str, path: str) -> httpx.Response:
    """The answer, however long it takes the server to give one that is not trouble."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            answer = httpx.request(method, f"{api}{path}", headers=user.headers, timeout=60)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code not in TROUBLE:
            return answer
        if time.monotonic() > until:
            raise TimeoutError(f"{path} is not answered.")
        time.sleep(PAUSE)
