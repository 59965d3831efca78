"""One turn of a unit's sweep: so many removals within a step's deadline, so well within the lease.

What is left then waits for the next turn, under a claim of its own: a sweep of thousands holds no slot of the worker
for long. What MCE refuses to delete is remembered until the sweep ends, so that it cannot hold up the rest.
"""

import logging
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from leases.claims import Claim
from leases.services import begin
from mce_bridge.account import Account
from mce_bridge.errors import GenericFailure, MceError, NotThere, Rejected, ServerTrouble, TransientError, UnknownAnswer
from mce_bridge.services import open_account
from qspro.errors import AppError
from qspro.metrics import sweep_turned
from shell_query.engine import record
from shell_query.engine.waits import backoff
from shell_query.errors import WorkerKept
from shell_query.models import UnitSweep
from shell_query.sweeper import alarms
from shell_query.sweeper.assets import KINDS, Asset, look_through
from shell_query.sweeper.settling import settle_abandoned
from tenants.encryption import CannotUnseal

logger = logging.getLogger(__name__)

# Removals in one turn.
MOST = 100
# With less than this part of the turn's deadline left, no further removal is begun.
RESERVE = 0.25
# Turns in a row that ended in trouble; after these the next plan may try. Likewise leases that ended in a turn.
ATTEMPTS = 8
LAPSES = 3


class Turn(StrEnum):
    """What a turn came to."""

    DONE = "done"  # everything was seen
    MORE = "more"  # the next turn is due at once
    LATER = "later"  # it will be tried again: trouble, or an alarm that rang too late
    LOST = "lost"  # somebody else has it


@dataclass
class Tally:
    """What is done in a turn, counted as it is done: trouble in the middle loses nothing."""

    deleted: int = 0
    refused: list[str] = field(default_factory=list)
    kept: dict[str, set[UUID]] = field(default_factory=lambda: {kind.removal: set() for kind in KINDS})

    @property
    def tried(self) -> int:
        return self.deleted + len(self.refused)

    @property
    def kept_count(self) -> int:
        return sum(map(len, self.kept.values()))

    def keep(self, asset: Asset) -> None:
        self.kept[asset.kind.removal].add(asset.run_id)


def take_turn(claim: Claim) -> Turn:
    """Does a turn under the claim, and gives it back."""
    sweep = alarms.load(claim)
    if sweep is None:
        return Turn.LOST
    now: datetime = sweep.now  # type: ignore[attr-defined]
    if alarms.is_late(sweep.due_at, now):
        return Turn.LATER if alarms.move(claim) else Turn.LOST
    if sweep.lapses >= LAPSES:
        return settled(claim, Turn.LATER, ended(WorkerKept.code), seconds=None)
    if not begin(UnitSweep, claim):
        return Turn.LOST
    tally = Tally()
    try:
        turn = go_through(sweep, tally, now)
    except (MceError, CannotUnseal) as error:
        return after_trouble(claim, sweep, tally, error)
    except SoftTimeLimitExceeded:
        # Only a prefork pool has it; there a turn is stopped where its own deadline should have held.
        return after_trouble(claim, sweep, tally, ServerTrouble("The turn took too long."))
    sweep_turned(outcome=turn, deleted=tally.deleted, refused=len(tally.refused))
    counted = counts(sweep, tally, now)
    if turn is Turn.MORE:
        return settled(claim, turn, {**counted, "attempts": 0}, seconds=0)
    logger.info(
        "Business unit %s is swept: %d deleted, %d kept, %d refused.",
        *(sweep.business_unit_id, counted["deleted"], tally.kept_count, len(counted["refused"])),
    )
    seen = {"kept": tally.kept_count, "swept_at": now}
    return settled(claim, turn, {**counted, **seen, **ended("")}, seconds=None)


def go_through(sweep: UnitSweep, tally: Tally, now: datetime) -> Turn:
    """Raises what MCE answers."""
    before = now - timedelta(seconds=settings.SWEEP_AGE_SECONDS)
    account = open_account(tenant_id=sweep.tenant_id, business_unit_id=sweep.business_unit_id, user_id=None)
    refused = refused_before(sweep)
    for asset, may_go in look_through(account, before=before):
        if not may_go or asset.object_id in refused:
            tally.keep(asset)
        elif tally.tried and is_over(account, tally):
            return Turn.MORE
        else:
            remove(account, asset, tally)
    settle_abandoned(sweep, kept=tally.kept, before=before)
    return Turn.DONE


def is_over(account: Account, tally: Tally) -> bool:
    return tally.tried >= MOST or account.deadline.remaining() < RESERVE * settings.STEP_DEADLINE_SECONDS


def remove(account: Account, asset: Asset, tally: Tally) -> None:
    """Raises what says nothing of this asset alone."""
    try:
        asset.kind.delete(account, asset.object_id)
    except NotThere:
        pass  # somebody was faster
    except MceError as error:
        if not is_of_one_asset(error):
            raise
        logger.warning("Marketing Cloud keeps the %s of run %s: %s", asset.kind.removal, asset.run_id, error.code)
        tally.refused.append(asset.object_id)
        tally.keep(asset)
        return
    record.removed(tenant_id=account.tenant_id, run_id=asset.run_id, field=asset.kind.removed)
    tally.deleted += 1


def is_of_one_asset(error: MceError) -> bool:
    """Whether the next asset may fare better. A bare TransientError says that MCE is processing this one."""
    return isinstance(error, Rejected | UnknownAnswer | GenericFailure) or type(error) is TransientError


def after_trouble(claim: Claim, sweep: UnitSweep, tally: Tally, error: AppError) -> Turn:
    """Transient trouble is tried again later and later; all other, a broken connection too, at the next plan."""
    logger.warning("The sweep of business unit %s met trouble: %s", sweep.business_unit_id, error.code)
    sweep_turned(outcome="trouble", deleted=tally.deleted, refused=len(tally.refused))
    counted = counts(sweep, tally, sweep.now)  # type: ignore[attr-defined]
    if not isinstance(error, TransientError) or sweep.attempts + 1 >= ATTEMPTS:
        return settled(claim, Turn.LATER, {**counted, **ended(error.code)}, seconds=None)
    wait = backoff(sweep.attempts, first=settings.RUN_BACKOFF_SECONDS, jitter=random.random())  # noqa: S311
    changes = {**counted, "attempts": sweep.attempts + 1, "last_trouble": error.code}
    return settled(claim, Turn.LATER, changes, seconds=max(error.retry_after or 0, wait))


def refused_before(sweep: UnitSweep) -> list[str]:
    """In earlier turns of this sweep."""
    return list(sweep.refused) if sweep.began_at else []


def counts(sweep: UnitSweep, tally: Tally, now: datetime) -> dict[str, Any]:
    """With those of this sweep's earlier turns."""
    before = sweep.deleted if sweep.began_at else 0
    return {
        "began_at": sweep.began_at or now,
        "deleted": before + tally.deleted,
        "refused": refused_before(sweep) + tally.refused,
    }


def ended(trouble: str) -> dict[str, Any]:
    return {"began_at": None, "attempts": 0, "last_trouble": trouble}


def settled(claim: Claim, turn: Turn, changes: dict[str, Any], *, seconds: float | None) -> Turn:
    return turn if alarms.give_back(claim, changes, seconds=seconds) else Turn.LOST
