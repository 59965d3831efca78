"""How long `POST /api/queries/validate` takes while somebody types, with the metadata of its tables known.

Beside it a request that only has to find out who is asking: what is above that is the understanding of the SQL.
"""

import time
from collections.abc import Callable, Iterator

import httpx

from tests.bench.figures import Figure, Yardstick
from tests.bench.place import client, whole_system
from tests.bench.scale import Scale

ROUNDS = 60
WARM_UP = 5
JOINED = """SELECT c.CustomerID, c.Email, o.OrderID, o.Amount, DATEADD(DAY, 7, o.OrderDate) AS Due
  FROM Customers c
  JOIN Orders o ON o.CustomerID = c.CustomerID
 WHERE c.City LIKE 'B%' AND o.Amount > 10
   AND o.OrderDate >= DATEADD(MONTH, -6, GETDATE())"""


def measure(scale: Scale) -> Iterator[Figure]:
    with whole_system(scale, users=1) as (running, (user, *_)), client(running, user) as http:
        asking = times(scale, lambda: http.get("/api/runs", params={"pageSize": 1}))
        for parts, goal in ((1, ""), (8, "under 50"), (80, "")):
            sql = "\nUNION ALL\n".join([JOINED] * parts)
            yield Figure(
                f"validate, {len(sql.splitlines())} lines",
                "ms",
                times(scale, lambda sql=sql: validate(http, sql)),  # type: ignore[misc]
                Yardstick("who is asking, and no more", asking),
                goal,
            )


def validate(http: httpx.Client, sql: str) -> httpx.Response:
    answer = http.post("/api/queries/validate", json={"sqlText": sql})
    if not answer.json()["valid"]:
        raise RuntimeError(f"The query should be a good one: {answer.text}")
    return answer


def times(scale: Scale, ask: Callable[[], httpx.Response]) -> tuple[float, ...]:
    """Milliseconds of each request, once it is warm."""
    return tuple(time_of(ask) for _ in range(WARM_UP + scale.of(ROUNDS, 3)))[WARM_UP:]


def time_of(ask: Callable[[], httpx.Response]) -> float:
    began = time.perf_counter()
    ask().raise_for_status()
    return (time.perf_counter() - began) * 1000
