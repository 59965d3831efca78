"""People who sign in with their browsers, out of the box."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.journeys.client import PATIENCE, Client
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

SQL = "SELECT TOP 1 Email FROM Customers"


class Browser(Client):
    """A client with cookies in place of a key."""

    def __init__(self, api: str) -> None:
        self.http = httpx.Client(base_url=api, timeout=PATIENCE)

    def sign_in(self, *, user: str, mid: str) -> None:
        sent = self.http.get("/auth/mce/login", params={"subdomain": "mc-northwind", "next": "/"})
        chosen = httpx.post(sent.headers["Location"], data={"user": user, "account_id": mid})
        back = self.http.get(chosen.headers["Location"])
        assert (back.status_code, back.headers["Location"]) == (302, "/")
        self.http.headers["X-CSRFToken"] = self.http.cookies["csrftoken"]


@contextmanager
def signed_in(system: System, user: str, mid: str = "7001001") -> Iterator[Browser]:
    with Browser(system.facts["api"]) as browser:
        browser.sign_in(user=user, mid=mid)
        yield browser


def test_who_signs_in_at_the_sandbox_runs_sql_over_their_own_connection(system: System) -> None:
    with signed_in(system, "u-alice") as alice:
        me = alice.get("/api/me")
        assert (me["user"]["name"], me["role"]) == ("Alice Northwind", "owner")
        assert me["connection"] == {"state": "active", "kind": "user_oauth"}
        run, frames = alice.run(SQL)
        assert (frames[-1].step, len(alice.rows(run))) == ("ready", 1)


def test_whoever_is_deactivated_sees_their_stream_end_and_gets_no_further(system: System) -> None:
    with signed_in(system, "u-alice") as alice, signed_in(system, "u-bob") as bob:
        system.sandbox.hold()
        run = bob.submit(SQL)
        address = f"/api/members/{bob.get('/api/me')['user']['id']}"
        with bob.stream(run) as frames:
            assert next(frames).step == "queued"
            assert alice.http.patch(address, json={"active": False}).status_code == 200
            list(frames)  # it ends, by the run's last frame or because he may not look any more
        assert bob.http.get("/api/me").status_code == 401
        assert alice.get(run)["status"] == "canceled"
        assert alice.http.patch(address, json={"active": True}).status_code == 200
