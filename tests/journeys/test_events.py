"""Clients that come late, leave and come back."""

from contextlib import ExitStack

import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

SQL = "SELECT TOP 1 Email FROM Customers"


def test_a_client_that_comes_after_the_end_sees_every_event_once(alice: Client) -> None:
    run, live = alice.run(SQL)
    assert alice.follow(run) == live


def test_a_client_that_comes_back_sees_the_rest_and_nothing_twice(alice: Client) -> None:
    run = alice.submit(SQL)
    with alice.stream(run) as frames:
        seen = [next(frames), next(frames), next(frames)]
    seen += alice.follow(run, after=seen[-1].id)
    assert seen == alice.follow(run)


def test_the_sixth_stream_is_refused_until_one_is_closed(system: System, alice: Client) -> None:
    system.sandbox.hold()
    run = alice.submit(SQL)
    with ExitStack() as open_streams:
        streams = [open_streams.enter_context(alice.stream(run)) for _ in range(5)]
        assert [next(frames).step for frames in streams] == ["queued"] * 5
        refused = alice.http.get(f"{run}/events")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
        assert alice.get("/api/me")["limits"]["eventStreams"] == {"limit": 5, "inUse": 5}
    system.sandbox.release()
    assert alice.get(run, Prefer="wait=30")["status"] == "ready"
