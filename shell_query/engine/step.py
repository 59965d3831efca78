"""What a step is, and what it has to work with."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings

from leases.claims import Claim
from mce_bridge.account import Account
from mce_bridge.errors import Unreachable
from mce_bridge.services import Candidates, candidates
from shell_query.engine import record
from shell_query.engine.destination import Destination
from shell_query.engine.outcomes import Outcome
from shell_query.models import Run
from shell_query.states import Stage
from tenants.encryption import unseal

# So long the row of a connection is not read again: what is paused or taken away meanwhile is found then.
FRESH_SECONDS = 2.0
# After so long a turn ends with its step: with that one, and the removal that may follow it, it is within the time
# limit of a task (shell_query/tasks.py), which a prefork pool enforces in the middle of a call.
TURN_SECONDS = 10.0


class Opening:
    """The way to the account of one run's user, for the steps that follow each other at once."""

    def __init__(self) -> None:
        self.found: Candidates | None = None
        self.account: Account | None = None
        self.until = 0.0

    def read(self, run: Run) -> None:
        if time.monotonic() > self.until:
            self.found = candidates(tenant_id=run.tenant_id, business_unit_id=run.business_unit_id, user_id=run.user_id)
            self.account = None
            self.until = time.monotonic() + FRESH_SECONDS

    def open(self, seconds: float) -> Account:
        """Raises NoConnection, ConnectionBroken, Paused, AddressRefused, CannotUnseal."""
        if self.found is None:
            raise LookupError("A step that asks Marketing Cloud begins with reading how.")
        self.account = self.account.with_deadline(seconds) if self.account else self.found.open(seconds)
        return self.account


@dataclass
class Turn:
    """What is known from one step to the next while a claim is kept: the way to the account, and the run as the last
    step left it, with the next one begun. Of what the steps of a claimed run go by nobody else writes anything but by
    taking the claim away.
    """

    opening: Opening = field(default_factory=Opening)
    run: Run | None = None
    # As it was claimed, with the first step begun, where it was read then.
    claimed: Run | None = None
    # When the lease in force began, on this process's clock.
    began: float = field(default_factory=time.monotonic)
    # When the turn itself did.
    since: float = field(default_factory=time.monotonic)

    def begins(self) -> None:
        """To be said right before a lease begins."""
        self.began = time.monotonic()

    def is_long(self) -> bool:
        return time.monotonic() >= self.since + TURN_SECONDS

    def open(self) -> Account:
        """With what is left of the step's time, which runs with its lease: whatever was waited for in between, no call
        is on the wire when the lease ends.
        """
        left = self.began + settings.STEP_DEADLINE_SECONDS - time.monotonic()
        if left <= 0:
            # Said here, and not by the call: of Marketing Cloud it says nothing, and would pause the business unit.
            raise Unreachable("The time of the step was over before it could ask.")
        return self.opening.open(left)


@dataclass(frozen=True)
class Work:
    """One step's work: the run as it was when the step began, and the way to MCE in its user's name."""

    run: Run
    claim: Claim
    destination: Destination
    turn: Turn = field(default_factory=Turn)
    noted: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def account(self) -> Account:
        """Raises NoConnection, ConnectionBroken, Paused, Unreachable, AddressRefused, CannotUnseal."""
        return self.turn.open()

    @property
    def now(self) -> datetime:
        """The database's, when the step began."""
        return record.now_of(self.run)

    @property
    def sql(self) -> str:
        if self.run.sealed_sql is None:
            raise LookupError("The SQL is erased once MCE has the query; no later step may ask for it.")
        return unseal(self.run.sealed_sql)

    @property
    def jitter(self) -> float:
        return random.random()  # noqa: S311

    def note(self, **changes: Any) -> None:
        """Writes down an intent before it is carried out. Raises ClaimLost."""
        record.note(self.claim, changes)
        self.noted.update(changes)


@dataclass(frozen=True)
class Step:
    """`is_done` looks at the row alone. `perform` may be repeated after any crash: it finds what it made before."""

    name: str
    stage: Stage
    is_done: Callable[[Run], bool]
    perform: Callable[[Work], Outcome]
