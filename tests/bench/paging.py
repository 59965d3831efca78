"""A page of 50 rows through us, beside the same page straight from the sandbox; with one client and with fifty."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import httpx

from shell_query.naming import data_extension_key
from tests.bench.crowd import wait_for
from tests.bench.figures import Figure, Yardstick, at
from tests.bench.place import client, whole_system
from tests.bench.scale import Scale
from tests.faults.system import System
from tests.mce_sandbox.client import SECRETS

CLIENTS = (1, 50)
PAGES = 500
ROUNDS = 3
SQL = "SELECT CustomerID, Email, City FROM Customers"
ORDER = "CustomerID asc,Email asc,City asc"


def measure(scale: Scale) -> Iterator[Figure]:
    with whole_system(scale, users=1) as (system, (user, *_)):
        with client(system, user) as http:
            run_id = http.post("/api/runs", json={"sqlText": SQL}).raise_for_status().json()["runId"]
        wait_for(system, 1, "status = 'ready'")
        straight = straight_to(system, user.mid, run_id)
        through = httpx.Client(
            base_url=system.api, headers=user.headers, timeout=60, limits=httpx.Limits(max_connections=50)
        )
        with straight, through:
            ways: tuple[Callable[[], httpx.Response], ...] = (
                lambda: straight.get(
                    f"/data/v1/customobjectdata/key/{data_extension_key(UUID(run_id))}/rowset", params=PAGE
                ),
                lambda: through.get(f"/api/runs/{run_id}/results", params={"page": 1}),
            )
            for clients in CLIENTS:
                rounds = [
                    [times(way, clients=clients, pages=scale.of(PAGES, 10)) for way in ways]
                    for _ in range(scale.of(ROUNDS, 1))
                ]
                yield from figures(clients, rounds)


PAGE = {"$page": "1", "$pagesize": "50", "$orderBy": ORDER}


def figures(clients: int, rounds: list[list[list[float]]]) -> Iterator[Figure]:
    name = f"page of 50 rows, {clients} client{'s' if clients > 1 else ''}"
    for part in (0.5, 0.95):
        beside = Yardstick("the sandbox", tuple(at(part, straight) for straight, _ in rounds))
        yield Figure(f"{name}, p{part * 100:.0f}", "ms", tuple(at(part, through) for _, through in rounds), beside)
    on_top = tuple(at(0.5, through) - at(0.5, straight) for straight, through in rounds)
    yield Figure(f"{name}: on top of the sandbox's, p50", "ms", on_top, goal="under 15")


def straight_to(system: System, mid: int, run_id: str) -> httpx.Client:
    app = {7: "northwind-app", 8: "globex-app"}[mid // 1_000_000]
    told = httpx.post(
        f"{system.sandbox.url}/v2/token",
        json={
            "grant_type": "client_credentials",
            "client_id": app,
            "client_secret": SECRETS[app],
            "account_id": str(mid),
        },
    ).raise_for_status()
    token = told.json()["access_token"]
    return httpx.Client(base_url=system.sandbox.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def times(ask: Callable[[], httpx.Response], *, clients: int, pages: int) -> list[float]:
    """Milliseconds of each page, of so many clients together."""

    def one(_: int) -> float:
        began = time.perf_counter()
        ask().raise_for_status()
        return (time.perf_counter() - began) * 1000

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(pages)))
