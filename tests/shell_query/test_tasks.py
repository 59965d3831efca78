"""Messages to the worker, as a broker may deliver them: twice, late, or from another release."""

import logging
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis import Redis

from leases.claims import Claim
from shell_query.engine.advance import take_step
from shell_query.states import Stage
from shell_query.tasks import advance_run
from tenants.callers import Caller
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.driver import claim, drive, look_up, submit
from tests.threads import at_once

SQL = "SELECT StoreID FROM Stores"


def message(held: Claim) -> dict[str, str]:
    return {"tenant_id": str(held.tenant_id), "row_id": str(held.row_id), "claim_token": str(held.token)}


def about_to_start(caller: Caller) -> tuple[UUID, Claim]:
    """A run whose next step starts its query, and the claim on it."""
    run_id = submit(caller, SQL)
    held = claim(caller, run_id)
    while look_up(caller, run_id).stage != Stage.STARTING:
        take_step(held)
    return run_id, held


def test_a_message_delivered_eight_times_starts_the_query_once(connected: Cast, mce: Sandbox, redis: Redis) -> None:
    alice = connected.alice.caller
    run_id, held = about_to_start(alice)
    mce.dial(latency_ms=100)
    outcomes = at_once(8, lambda _: advance_run(**message(held)))
    assert outcomes == [None] * 8
    assert len(mce.calls("Perform")) == 1
    assert drive(alice, run_id).status == "ready"


def test_a_message_of_a_run_that_has_ended_changes_nothing(connected: Cast, mce: Sandbox, redis: Redis) -> None:
    alice = connected.alice.caller
    run_id, held = about_to_start(alice)
    ended = drive_from(held, alice, run_id)
    asked = len(mce.calls())
    advance_run(**message(held))
    assert (look_up(alice, run_id).sequence, len(mce.calls())) == (ended, asked)


def drive_from(held: Claim, caller: Caller, run_id: UUID) -> int:
    while take_step(held):
        pass
    return drive(caller, run_id).sequence


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        (("a run",), {}),
        ((), {"run_id": str(uuid4())}),
        ((), {"tenant_id": str(uuid4()), "row_id": str(uuid4()), "claim_token": str(uuid4()), "attempt": 3}),
        ((), {"tenant_id": str(uuid4()), "row_id": "4711", "claim_token": None}),
        ((), {"tenant_id": str(uuid4()), "row_id": 4711, "claim_token": str(uuid4())}),
    ],
)
def test_a_message_of_another_release_is_dropped_with_one_line(
    args: tuple[Any, ...], kwargs: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    advance_run(*args, **kwargs)
    assert [record.getMessage() for record in caplog.records] == [
        "A message for shell_query.advance_run that this release does not understand was dropped."
    ]
    assert caplog.records[0].exc_info is None


@pytest.mark.parametrize("token", [None, "0d317210-0855-4d3f-91e6-3cc808e7b992"])
def test_a_message_of_an_unknown_run_is_dropped_silently(
    token: str | None, database: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    advance_run(tenant_id=str(uuid4()), row_id=str(uuid4()), claim_token=token)
    assert caplog.records == []
