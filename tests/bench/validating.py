"""How long `POST /api/queries/validate` takes while somebody types, with the metadata of its tables known.

Beside it a request that only has to find out who is asking: what is above that is the understanding of the SQL.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.faults.__main__ import running

ROUNDS = 60
WARM_UP = 5
JOINED = """SELECT c.CustomerID, c.Email, o.OrderID, o.Amount, DATEADD(DAY, 7, o.OrderDate) AS Due
  FROM Customers c
  JOIN Orders o ON o.CustomerID = c.CustomerID
 WHERE c.City LIKE 'B%' AND o.Amount > 10
   AND o.OrderDate >= DATEADD(MONTH, -6, GETDATE())"""
HEAD = f"{'':34}{'p50':>8}{'p95':>8}   ms, one request at a time"


def main() -> None:
    log = Path("var") / "bench-validating.log"
    log.parent.mkdir(exist_ok=True)
    with running(log, users=1) as (system, (user, *_)), httpx.Client(base_url=system.api, headers=user.headers) as http:
        print(HEAD, flush=True)
        show("who is asking, and no more", lambda: http.get("/api/runs", params={"pageSize": 1}))
        for parts in (1, 8, 40):
            sql = "\nUNION ALL\n".join([JOINED] * parts)
            show(f"validate, {len(sql.splitlines())} lines", lambda sql=sql: validate(http, sql))  # type: ignore[misc]


def validate(http: httpx.Client, sql: str) -> httpx.Response:
    answer = http.post("/api/queries/validate", json={"sqlText": sql}, timeout=60)
    if not answer.json()["valid"]:
        raise RuntimeError(f"The query should be a good one: {answer.text}")
    return answer


def show(name: str, ask: Callable[[], httpx.Response]) -> None:
    times = []
    for _ in range(WARM_UP + ROUNDS):
        began = time.perf_counter()
        ask().raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    times = sorted(times[WARM_UP:])
    print(f"{name:34}{statistics.median(times):8.1f}{times[int(len(times) * 0.95)]:8.1f}", flush=True)


if __name__ == "__main__":
    main()
