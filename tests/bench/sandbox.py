"""How much the sandbox holds on one core."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.scale import Scale
from tests.mce_sandbox.client import PARTNER, SECRETS, equals

SECONDS = 3.0
ROUNDS = 3
QUERIES = 5000
CLIENTS = 16
DEFINITIONS = 50
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Header>'
    '<fueloauth xmlns="http://exacttarget.com">{token}</fueloauth></s:Header><s:Body>{body}</s:Body></s:Envelope>'
)
_numbers = count(1)


class Account:
    """One connection to a business unit of the sandbox."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.http = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, body: str = "") -> str:
        kind = "application/json" if body.startswith("{") else "text/xml"
        self.http.request(method, path, body.encode(), {"Content-Type": kind, "SOAPAction": "x"})
        answer = self.http.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]}")
        return text

    def soap(self, body: str) -> str:
        text = self.ask("POST", "/Service.asmx", ENVELOPE.format(token=self.token, body=body))
        if "<OverallStatus>OK</OverallStatus>" not in text:
            raise RuntimeError(text)
        return text

    def retrieve(self, object_type: str, properties: str, filter_: str) -> str:
        asked = "".join(f"<Properties>{name}</Properties>" for name in properties.split())
        return self.soap(
            f'<RetrieveRequestMsg xmlns="{PARTNER}"><RetrieveRequest><ObjectType>{object_type}</ObjectType>{asked}'
            f"{filter_}</RetrieveRequest></RetrieveRequestMsg>"
        )

    def write(self, operation: str, object_type: str, inside: str) -> str:
        return self.soap(
            f'<{operation}Request xmlns="{PARTNER}"><Objects xsi:type="{object_type}">{inside}</Objects>'
            f"</{operation}Request>"
        )

    def perform(self, object_id: str) -> str:
        """The TaskID."""
        return value(
            "ID",
            self.soap(
                f'<PerformRequestMsg xmlns="{PARTNER}"><Action>start</Action><Definitions><Definition '
                f'xsi:type="QueryDefinition"><ObjectID>{object_id}</ObjectID></Definition></Definitions>'
                "</PerformRequestMsg>"
            ),
        )


def value(name: str, text: str) -> str:
    return text.partition(f"<{name}>")[2].partition("<")[0]


def measure(scale: Scale) -> Iterator[Figure]:
    queries = scale.of(QUERIES, 100)
    with running() as (port, process):
        token = json.loads(Account(port, "").ask("POST", "/v2/token", json.dumps(CREDENTIALS)))["access_token"]
        accounts = [Account(port, token) for _ in range(CLIENTS)]
        target = make_data_extension(accounts[0])
        definitions = [make_query(accounts[0], target) for _ in range(DEFINITIONS)]
        bench = Bench(process, accounts, scale)
        yield from bench.measure("retrieve by key", read_folder)
        yield from bench.measure("call of a whole run, its query checked and run", whole_run(target))
        yield from joins(accounts[0], scale)
        before = memory(process)
        tasks = start(accounts, definitions, queries)
        if running_now(accounts[0]) != queries:
            raise RuntimeError(f"{running_now(accounts[0])} queries are running")
        yield Figure(f"the sandbox's memory for {queries} running queries", "MB", (memory(process) - before,))
        yield from bench.measure(f"status look beside {queries} running queries", looks(tasks))
        began = time.perf_counter()
        accounts[0].ask("POST", "/control/release")
        yield from bench.measure("status look while all of them end", looks(tasks), rounds=1)
        while running_now(accounts[0]):
            time.sleep(0.1)
        yield Figure(f"{queries} queries done after their release", "s", (time.perf_counter() - began,))


CREDENTIALS = {
    "grant_type": "client_credentials", "client_id": "northwind-app", "client_secret": SECRETS["northwind-app"],
    "account_id": "7001001",
}  # fmt: skip


@contextmanager
def running() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A sandbox on a core of its own, if there is more than one; queries wait for a release."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    core, *others = sorted(os.sched_getaffinity(0))
    command = [sys.executable, "-m", "mce_sandbox", "--port", str(port), "--query-ms", "0"]
    with subprocess.Popen(command) as process:
        os.sched_setaffinity(process.pid, {core})
        if others:
            os.sched_setaffinity(0, others)
        try:
            wait_until_healthy(port)
            yield port, process
        finally:
            process.terminate()


def wait_until_healthy(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            Account(port, "").ask("GET", "/healthz")
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@dataclass(frozen=True)
class Round:
    calls: int
    seconds: float
    cpu: float


@dataclass(frozen=True)
class Bench:
    """The sandbox that is measured, and its clients."""

    process: subprocess.Popen[bytes]
    accounts: list[Account]
    scale: Scale

    def measure(self, name: str, work: Callable[[Account], int], rounds: int = ROUNDS) -> Iterator[Figure]:
        """Calls a second of all clients together, and CPU a call; `work` answers how many calls it made.

        On a machine that does other things the CPU time is what counts.
        """
        found = [self.round(work, self.scale.of(SECONDS, 0.2)) for _ in range(self.scale.of(rounds, 1))]
        yield Figure(f"{name}, {CLIENTS} clients", "a second", tuple(each.calls / each.seconds for each in found))
        yield Figure(f"{name}, CPU of the sandbox", "ms", tuple(each.cpu / each.calls * 1000 for each in found))

    def round(self, work: Callable[[Account], int], seconds: float) -> Round:
        began, cpu = time.perf_counter(), cpu_seconds(self.process)

        def one(account: Account) -> int:
            calls = 0
            while time.perf_counter() < began + seconds:
                calls += work(account)
            return calls

        with ThreadPoolExecutor(len(self.accounts)) as threads:
            calls = sum(threads.map(one, self.accounts))
        return Round(calls, time.perf_counter() - began, cpu_seconds(self.process) - cpu)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """User and system time that the sandbox has had."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_folder(account: Account) -> int:
    account.retrieve("DataFolder", "ID Name ParentFolder.ID", equals("CustomerKey", "dataextension_default"))
    return 1


def make_data_extension(account: Account, *fields: str) -> str:
    """Its key; a field of numbers for each name, one that is called Id if there is none."""
    key = f"bench-{next(_numbers)}"
    field = "".join(f"<Field><Name>{name}</Name><FieldType>Number</FieldType></Field>" for name in fields or ("Id",))
    account.write(
        "Create", "DataExtension", f"<CustomerKey>{key}</CustomerKey><Name>{key}</Name><Fields>{field}</Fields>"
    )
    return key


def make_query(account: Account, target: str, text: str = "SELECT TOP 10 StoreID AS Id FROM Stores") -> str:
    """Its ObjectID."""
    key = f"bench-{next(_numbers)}"
    inside = (
        f"<CustomerKey>{key}</CustomerKey><Name>{key}</Name>"
        f"<QueryText>{text}</QueryText>"
        f"<DataExtensionTarget><CustomerKey>{target}</CustomerKey></DataExtensionTarget>"
        "<TargetUpdateType>Overwrite</TargetUpdateType>"
    )
    return value("NewObjectID", account.write("Create", "QueryDefinition", inside))


JOIN = (
    "SELECT o.OrderID, o.CustomerID FROM Orders o JOIN Customers c ON c.CustomerID = o.CustomerID "
    "WHERE c.Email LIKE '%@%'"
)


def joins(account: Account, scale: Scale) -> Iterator[Figure]:
    """50,000 orders joined with 10,000 customers, and all the rows written."""
    query = make_query(account, make_data_extension(account, "OrderID", "CustomerID"), JOIN)
    found = []
    for _ in range(scale.of(ROUNDS, 1)):
        began = time.perf_counter()
        task = account.perform(query)
        while (status := status_of(account, task)) != "Complete":
            if status == "Error":
                raise RuntimeError("The join has failed.")
            time.sleep(0.01)
        found.append(time.perf_counter() - began)
    yield Figure("the sandbox's join of 50,000 rows, written", "s", tuple(found))


def whole_run(target: str) -> Callable[[Account], int]:
    """What a run asks for: a data extension and a query made, started, looked at, deleted."""

    def work(account: Account) -> int:
        key = make_data_extension(account)
        query = make_query(account, key)
        task = account.perform(query)
        for _ in range(5):
            look(account, task)
        account.write("Delete", "QueryDefinition", f"<ObjectID>{query}</ObjectID>")
        account.write("Delete", "DataExtension", f"<CustomerKey>{key}</CustomerKey>")
        return 10

    return work


def look(account: Account, task: str) -> int:
    status_of(account, task)
    return 1


def status_of(account: Account, task: str) -> str:
    properties = "Status ErrorMsg CompletedDate TaskID"
    answer = account.retrieve("AsyncActivityStatus", properties, equals("TaskID", task))
    return value("Value", answer.partition("<Name>Status</Name>")[2])


def looks(tasks: list[str]) -> Callable[[Account], int]:
    return lambda account: look(account, tasks[next(_numbers) % len(tasks)])


def start(accounts: list[Account], definitions: list[str], queries: int) -> list[str]:
    """Starts so many that wait for a release; answers their TaskIDs."""
    accounts[0].ask("POST", "/control/hold")
    with ThreadPoolExecutor(len(accounts)) as threads:
        shares = [range(each, queries, len(accounts)) for each in range(len(accounts))]
        begun = threads.map(
            lambda pair: [pair[0].perform(definitions[each % len(definitions)]) for each in pair[1]],
            zip(accounts, shares, strict=True),
        )
        return [task for share in begun for task in share]


def running_now(account: Account) -> int:
    activities: list[dict[str, Any]] = json.loads(account.ask("GET", "/control/activities"))["activities"]
    return sum(each["status"] in ("Queued", "Processing") for each in activities)


def memory(process: subprocess.Popen[bytes]) -> int:
    """Of the sandbox, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024
