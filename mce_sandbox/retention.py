"""The end of what is retained: data extensions and rows whose period is over. Looked at by the minute."""

import asyncio
import logging
from datetime import datetime, timedelta

from starlette.datastructures import State

from mce_sandbox.clock import move_clock, system_now
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.rows import Rows
from mce_sandbox.world import BusinessUnit, World

log = logging.getLogger(__name__)

LOOK_SECONDS = 60


async def look_again_and_again(state: State) -> None:
    """For as long as the sandbox runs; `state.world` may be another one each time."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await end_what_is_over(state.world, system_now())
        except Exception:
            log.exception("retention could not be looked at")


async def travel(world: World, by: timedelta) -> None:
    """Moves the clock. What is written up to now is as old as that then."""
    await end_what_is_over(world, system_now())
    move_clock(by)
    await end_what_is_over(world, system_now())


async def end_what_is_over(world: World, now: datetime) -> None:
    """docs/mce-facts.md 2, the table of retention: rows by their age, all rows, or the data extension with them."""
    for unit in world.units.values():
        for extension in [each for each in unit.data_extensions if each.retention]:
            await _end(world, unit, extension, now)


async def _end(world: World, unit: BusinessUnit, extension: DataExtension, now: datetime) -> None:
    retention, rows = extension.retention, world.rows(unit, extension)
    if retention is None:
        return
    if retention.row_based:
        await _end_old_rows(world, extension, rows, now)
    elif now < retention.end(extension.retained_from):
        return
    elif not retention.keep_extension:
        world.remove_data_extension(unit, extension)
    elif not extension.emptied:
        await rows.clear()
        extension.emptied = True


async def _end_old_rows(world: World, extension: DataExtension, rows: Rows, now: datetime) -> None:
    """A row is at least as old as the first look that found it."""
    if extension.retention is None:
        return
    marks = world.row_marks.setdefault(extension.object_id, [])
    last = await rows.last_number()
    if last > (marks[-1][1] if marks else -1):
        marks.append((now, last))
    old = [mark for mark in marks if mark[0] + extension.retention.period <= now]
    if old:
        await rows.clear(through=old[-1][1])
        world.row_marks[extension.object_id] = marks[len(old) :]
