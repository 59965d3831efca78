"""A page of 50 rows through us, beside the same page straight from the sandbox.

One client asks for one page after the other; fifty read as people and programs do, each a page a second; and fifty ask
without a pause, which shows what two cores can take, since each request waits for all others.
"""

import time
from collections.abc import Callable, Iterator, Sequence
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

PAGES = 500
ROUNDS = 3
PAUSE_SECONDS = 1.0
# Until all threads of the clients are there.
SETTLING_SECONDS = 0.2
SQL = "SELECT CustomerID, Email, City FROM Customers"
ORDER = "CustomerID asc,Email asc,City asc"

Ask = Callable[[], httpx.Response]


def measure(scale: Scale) -> Iterator[Figure]:
    with whole_system(scale, users=1) as (system, (user, *_)):
        with client(system, user) as http:
            run_id = http.post("/api/runs", json={"sqlText": SQL}).raise_for_status().json()["runId"]
        wait_for(system, 1, "status = 'ready'")
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=50)
        straight = straight_to(system, user.mid, limits)
        through = httpx.Client(base_url=system.api, headers=user.headers, timeout=60, limits=limits)
        rowset = f"/data/v1/customobjectdata/key/{data_extension_key(UUID(run_id))}/rowset"
        with straight, through:
            ways: tuple[Ask, ...] = (
                lambda: straight.get(rowset, params=PAGE),
                lambda: through.get(f"/api/runs/{run_id}/results", params={"page": 1}),
            )
            yield from figures("1 client", side_by_side(ways, scale, clients=1))
            yield from figures(
                "50 clients with a second's pause", side_by_side(ways, scale, clients=50, pause=PAUSE_SECONDS)
            )
            yield from figures("50 clients back to back", side_by_side(ways, scale, clients=50))


def side_by_side(ways: Sequence[Ask], scale: Scale, *, clients: int, pause: float = 0) -> list[list[list[float]]]:
    """Milliseconds of the pages, of each way in each round."""
    pages = scale.of(PAGES // clients, 10 // clients or 1)
    return [[times(way, clients=clients, pages=pages, pause=pause) for way in ways] for _ in range(scale.of(ROUNDS, 1))]


PAGE = {"$page": "1", "$pagesize": "50", "$orderBy": ORDER}


def figures(clients: str, rounds: list[list[list[float]]]) -> Iterator[Figure]:
    name = f"page of 50 rows, {clients}"
    for part in (0.5, 0.95):
        beside = Yardstick("the sandbox", tuple(at(part, straight) for straight, _ in rounds))
        yield Figure(f"{name}, p{part * 100:.0f}", "ms", tuple(at(part, through) for _, through in rounds), beside)
    on_top = tuple(at(0.5, through) - at(0.5, straight) for straight, through in rounds)
    yield Figure(f"{name}: on top of the sandbox's, p50", "ms", on_top, goal="under 15")


def straight_to(system: System, mid: int, limits: httpx.Limits) -> httpx.Client:
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
    return httpx.Client(
        base_url=system.sandbox.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, limits=limits
    )


def times(ask: Ask, *, clients: int, pages: int, pause: float) -> list[float]:
    """Milliseconds of each page, of so many clients that read so many pages each.

    With a pause each asks once in so long, in its own turn, so that the requests are evenly spread. Time counts from
    when a page was due: who is kept waiting is not spared the next request.
    """
    began = time.perf_counter() + SETTLING_SECONDS

    def one(number: int) -> list[float]:
        found = []
        for page in range(pages):
            due = began + pause * (page + number / clients) if pause else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            ask().raise_for_status()
            found.append((time.perf_counter() - due) * 1000)
        return found

    with ThreadPoolExecutor(clients) as pool:
        return [each for several in pool.map(one, range(clients)) for each in several]
