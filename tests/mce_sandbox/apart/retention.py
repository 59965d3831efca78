"""Retention ends without anybody asking: the sandbox looks by itself, and goes on after a failure."""

import asyncio
from datetime import timedelta

import pytest
from starlette.datastructures import State

from mce_sandbox.clock import system_now
from mce_sandbox.data.views import read_fields
from mce_sandbox.objects.data_extensions import DataExtension, Retention, checked_fields
from mce_sandbox.retention import look_again_and_again
from mce_sandbox.world import World


def add_old(world: World) -> None:
    """A data extension whose day is over."""
    created, fields = system_now() - timedelta(days=2), checked_fields(read_fields("Id Number"))
    retention = Retention(row_based=False, keep_extension=False, reset_on_import=False, length=1, unit="Days")
    extension = DataExtension(
        object_id="o", name="Old", customer_key="old", description="", fields=fields, category_id=1,
        table=world.new_table(), created=created, modified=created, retention=retention,
    )  # fmt: skip
    world.add_data_extension(world.units[7001001], extension)


async def watch(state: State, world: World) -> None:
    looking = asyncio.create_task(look_again_and_again(state))
    await asyncio.sleep(0.05)
    state.world = world
    while world.units[7001001].data_extensions.by_key("old"):
        await asyncio.sleep(0.01)
    looking.cancel()
    await world.close()


def test_it_looks_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mce_sandbox.retention.LOOK_SECONDS", 0.01)
    world = World()
    add_old(world)
    # At first there is no world at all, which is a failure that is logged.
    asyncio.run(asyncio.wait_for(watch(State(), world), 30))
    assert len(world.units[7001001].data_extensions) == 0
