"""Ringing for rows: sending the message that says "look". For those just submitted, and each second for what is due."""

import logging
import time
from uuid import UUID

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from leases.claims import Claim
from leases.models import Leased, Paced
from leases.registry import LeasedKind, kind_of, kinds
from leases.rooms import QUEUE_ROOM, few, room, rooms
from leases.services import AHEAD, LATE, claim_due, give_back
from tenants.celery import message_headers

logger = logging.getLogger(__name__)


def tick() -> int:
    """Claims what is due and rings for it; returns how many. Two at once change nothing."""
    return sum(ring_for(kind.model, claim_for_tick(kind)) for kind in kinds())


def claim_for_tick(kind: LeasedKind) -> list[Claim]:
    """Of paced rows only what is late, and a few at a time: workers wait for what is due, and whoever has been rung for
    goes on with the others by itself (leases/going_on.py).

    Many messages for what is quickly done would only keep the workers busy with messages.
    """
    left = room(kind)
    if not issubclass(kind.model, Paced):
        return claim_due(kind.model, most=left, ahead=AHEAD)
    return claim_due(kind.model, most=max(0, left - settings.WORKER_SLOTS * QUEUE_ROOM + few()), ahead=-LATE)


def ring_for(model: type[Leased], claims: list[Claim]) -> int:
    """Rings for each claim, in their order, and returns how many.

    Once the broker did not take one it is not asked again: each try may last a second, and a tick waits for all. What
    was not rung for is given back.
    """
    for rung, claim in enumerate(claims):
        if not ring(model, tenant_id=claim.tenant_id, row_id=claim.row_id, claim_token=claim.token):
            for left in claims[rung:]:
                give_back(model, left)
            return rung
    return len(claims)


def ring_new(model: type[Leased], *, tenant_id: UUID, row_id: UUID) -> bool:
    """Rings for a row that was just submitted, unless so many wait that the tick should choose the order."""
    room_left = rooms[kind_of(model)].take(now=time.monotonic())
    return room_left and ring(model, tenant_id=tenant_id, row_id=row_id, claim_token=None)


def ring(model: type[Leased], *, tenant_id: UUID, row_id: UUID, claim_token: UUID | None) -> bool:
    """Sends the message that says "look". False if the broker cannot be reached: the tick will do it."""
    kind = kind_of(model)
    try:
        current_app.send_task(
            kind.task,
            kwargs={
                "tenant_id": str(tenant_id),
                "row_id": str(row_id),
                "claim_token": str(claim_token) if claim_token else None,
            },
            queue=kind.queue,
            headers=message_headers(),
            # Older than this it can only find the lease gone.
            expires=max(1.0, settings.LEASE_SECONDS - 1),
            retry=False,
        )
    except (OperationalError, OSError) as exc:
        logger.warning("The broker did not take a ring for %s: %s", kind.task, type(exc).__name__)
        return False
    return True
