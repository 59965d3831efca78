"""POST /api/runs: one at a time, 20 and 100 a second, and more than the API can take.

Beside it an empty view of Django REST framework on the same server, asked as often. Requests are sent when their time
has come, whether earlier ones have been answered or not, and time is counted from then. The worker is down: what it
does for the runs is measured elsewhere.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import httpx

from tests.bench.figures import Figure, Yardstick, at
from tests.bench.place import whole_system
from tests.bench.scale import Scale
from tests.faults.load import User
from tests.faults.system import System

BODY = {"sqlText": "SELECT TOP 10 CustomerID, Email FROM Customers"}
SETTINGS = {"RUN_LIMIT_PER_USER": "1000000", "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
ROUNDS = 3
ONE_BY_ONE = 200
RATES = (20, 100)
SECONDS = 10
# So many clients at once send so many requests, each as fast as it can.
CROWD, EACH = 200, 25
REFUSED = (429, 503)

Ask = Callable[[], Awaitable[httpx.Response]]


def measure(scale: Scale) -> Iterator[Figure]:
    with whole_system(scale, users=30, settings=SETTINGS) as (system, users), system.kept_down("worker"):
        yield from asyncio.run(measured(system, users, scale))


async def measured(system: System, users: list[User], scale: Scale) -> list[Figure]:
    # The server ends a connection that was idle for five seconds: one is not used again that long after.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=system.api, timeout=120, limits=limits) as http:
        turn = iter(range(10**9))

        async def submit() -> httpx.Response:
            return await http.post("/api/runs", json=BODY, headers=users[next(turn) % len(users)].headers)

        async def nothing() -> httpx.Response:
            return await http.post("/bench/empty", json=BODY)

        found = [*await one_by_one(submit, nothing, scale)]
        for rate in RATES:
            found += await at_rate(submit, nothing, rate=rate, scale=scale)
        found += await overload(system, submit, scale)
    return found


async def one_by_one(submit: Ask, nothing: Ask, scale: Scale) -> list[Figure]:
    several = scale.of(ONE_BY_ONE, 5)
    rounds = [
        [[await timed(ask) for _ in range(several)] for ask in (nothing, submit)] for _ in range(rounds_of(scale))
    ]
    return figures("one at a time", rounds, {0.5: "under 10", 0.95: "under 3x", 0.99: ""})


async def at_rate(submit: Ask, nothing: Ask, *, rate: int, scale: Scale) -> list[Figure]:
    several = rate * scale.of(SECONDS, 1)
    rounds = [[await spaced(ask, rate, several) for ask in (nothing, submit)] for _ in range(rounds_of(scale))]
    return figures(f"{rate} a second", rounds, {0.5: "", 0.95: "under 3x", 0.99: ""})


def rounds_of(scale: Scale) -> int:
    return scale.of(ROUNDS, 1)


async def timed(ask: Ask, since: float | None = None) -> float:
    """Milliseconds of one request."""
    began = time.perf_counter() if since is None else since
    (await ask()).raise_for_status()
    return (time.perf_counter() - began) * 1000


async def spaced(ask: Ask, rate: int, several: int) -> list[float]:
    began = time.perf_counter()

    async def one(number: int) -> float:
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return await timed(ask, since=due)

    return list(await asyncio.gather(*(one(number) for number in range(several))))


def figures(name: str, rounds: list[list[list[float]]], goals: dict[float, str]) -> list[Figure]:
    return [
        Figure(
            f"submit, {name}, p{part * 100:.0f}",
            "ms",
            tuple(at(part, submitted) for _, submitted in rounds),
            Yardstick("an empty view", tuple(at(part, empty) for empty, _ in rounds)),
            goal,
        )
        for part, goal in goals.items()
    ]


async def overload(system: System, submit: Ask, scale: Scale) -> list[Figure]:
    """Raises RuntimeError if a request is lost: neither a run that is there, nor refused."""
    crowd, each = scale.of((CROWD, EACH), (10, 2))
    made, answers = set[str](), Counter[int]()

    async def client() -> None:
        for _ in range(each):
            answer = await submit()
            answers[answer.status_code] += 1
            if answer.status_code == 202:
                made.add(answer.json()["runId"])

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(crowd)))
    seconds = time.perf_counter() - began
    if other := set(answers) - {202, *REFUSED}:
        raise RuntimeError(f"Requests were answered with {sorted(other)}.")
    if len(made) != answers[202] or there(system, made) != len(made):
        raise RuntimeError(f"Of {answers[202]} runs that were accepted {there(system, made)} are there.")
    return [
        Figure(f"submit, {crowd} clients at once: accepted", "a second", (answers[202] / seconds,)),
        Figure(
            f"submit, {crowd} clients at once: refused with 429 or 503", "", (sum(answers[code] for code in REFUSED),)
        ),
        Figure(f"submit, {crowd} clients at once: lost", "", (crowd * each - sum(answers.values()),), goal="0"),
    ]


def there(system: System, made: set[str]) -> int:
    with system.database() as database:
        row = database.execute(
            "SELECT count(*) FROM shell_query_run WHERE id = ANY (%s::uuid[])", [list(made)]
        ).fetchone()
    return int(str(row[0])) if row else 0
