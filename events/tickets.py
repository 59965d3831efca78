"""Tickets: one stream for somebody who cannot send headers (an EventSource on another origin).

A ticket is 256 random bits, good once within 30 seconds. Redis keeps only its hash.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from uuid import UUID

from redis.exceptions import RedisError

from events.errors import InvalidTicket, TicketsUnavailable
from events.redis import redis
from tenants.callers import Caller

LIFETIME_SECONDS = 30


@dataclass(frozen=True)
class Ticket:
    """What a ticket stood for: whose it was, and for which subject."""

    caller: Caller
    subject_id: UUID


def issue_ticket(caller: Caller, subject_id: UUID) -> str:
    """A ticket for one stream of that subject. Whether the caller may see it is for the caller of this to know."""
    ticket = secrets.token_urlsafe(32)
    try:
        redis().set(key_of(ticket), dump(Ticket(caller, subject_id)), ex=LIFETIME_SECONDS)
    except RedisError as exc:
        raise TicketsUnavailable(retry_after=LIFETIME_SECONDS) from exc
    return ticket


def redeem_ticket(ticket: str) -> Ticket:
    """Takes the ticket; it is good no more. Raises InvalidTicket, TicketsUnavailable."""
    try:
        found = redis().getdel(key_of(ticket))
    except RedisError as exc:
        raise TicketsUnavailable(retry_after=LIFETIME_SECONDS) from exc
    if not isinstance(found, bytes):
        raise InvalidTicket
    return load(found)


def key_of(ticket: str) -> str:
    return f"qspro:ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"


def dump(ticket: Ticket) -> str:
    caller = ticket.caller
    return json.dumps(
        {
            "tenant": str(caller.tenant_id),
            "user": str(caller.user_id),
            "unit": str(caller.business_unit_id),
            "mid": caller.mid,
            "role": caller.role,
            "scopes": sorted(caller.scopes),
            "family": str(caller.family_id) if caller.family_id else None,
            "key": str(caller.api_key_id) if caller.api_key_id else None,
            "subject": str(ticket.subject_id),
        }
    )


def load(text: bytes) -> Ticket:
    kept = json.loads(text)
    caller = Caller(
        tenant_id=UUID(kept["tenant"]),
        user_id=UUID(kept["user"]),
        business_unit_id=UUID(kept["unit"]),
        mid=kept["mid"],
        role=kept["role"],
        scopes=frozenset(kept["scopes"]),
        family_id=UUID(kept["family"]) if kept["family"] else None,
        api_key_id=UUID(kept["key"]) if kept["key"] else None,
    )
    return Ticket(caller, UUID(kept["subject"]))
