"""The whole system to measure in: the processes of `make run` on fresh servers, with people to make load."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench.scale import Scale
from tests.faults.__main__ import running
from tests.faults.load import User
from tests.faults.system import System

LOG = Path("var") / "bench.log"


@contextmanager
def whole_system(
    scale: Scale, *, users: int, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[System, list[User]]]:
    """`settings` are those of .env.example; what is not among them is as containers have it (docker/compose.yaml)."""
    LOG.parent.mkdir(exist_ok=True)
    with running(LOG, users=users, settings={**UNLIMITED, "LOG_FORMAT": "json", **(settings or {})}) as found:
        yield found


# A benchmark asks more often than a person, from one address.
UNLIMITED = {"RATE_TOKENS": "", "RATE_MANAGING": ""}


def client(system: System, user: User) -> httpx.Client:
    return httpx.Client(base_url=system.api, headers=user.headers, timeout=60)
