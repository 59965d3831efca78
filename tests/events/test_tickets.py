"""Tickets and sessions: streams for those who cannot send an Authorization header."""

from uuid import uuid4

import httpx
import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django import Settings
from redis import Redis

from events.errors import InvalidTicket, TicketsUnavailable
from events.tickets import issue_ticket, redeem_ticket
from tenants.context import tenant_scope
from tenants.models import Grant
from tenants.services import (
    caller_of_access_token,
    caller_of_api_key,
    issue_tokens,
    revoke_api_key,
    revoke_family,
)
from tenants.services.sign_in import SESSION_KEY, session_value
from tests.cast import Cast
from tests.events.client import opened
from tests.events.conftest import Server
from tests.events.things import Thing


def test_a_ticket_stands_for_its_caller_and_subject_once(cast: Cast, redis: Redis) -> None:
    subject_id = uuid4()
    ticket = issue_ticket(cast.alice.caller, subject_id)
    redeemed = redeem_ticket(ticket)
    assert (redeemed.caller, redeemed.subject_id) == (cast.alice.caller, subject_id)
    with pytest.raises(InvalidTicket):
        redeem_ticket(ticket)


def test_only_a_hash_is_kept_and_for_30_seconds(cast: Cast, redis: Redis) -> None:
    ticket = issue_ticket(cast.alice.caller, uuid4())
    [key] = redis.keys("*")
    assert ticket.encode() not in bytes(key) + bytes(redis.get(key))  # type: ignore[arg-type]
    assert redis.ttl(key) in range(1, 31)
    redis.delete(key)  # as its expiry would
    with pytest.raises(InvalidTicket):
        redeem_ticket(ticket)


def test_without_redis_there_are_no_tickets(cast: Cast, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(TicketsUnavailable) as refused:
        issue_ticket(cast.alice.caller, uuid4())
    assert (refused.value.status, refused.value.retryable) == (503, True)
    with pytest.raises(TicketsUnavailable):
        redeem_ticket("any")


def test_a_ticket_opens_one_stream_of_its_subject(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1  # so that access is checked again while the stream is open
    settings.STREAM_KEEPALIVE_SECONDS = 0.3
    thing, other = Thing(cast.alice.caller), Thing(cast.alice.caller)
    ticket = issue_ticket(cast.alice.caller, thing.id)
    with opened(f"{server.url}{thing.path}/events?ticket={ticket}", {}) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        stream.comment()
        thing.becomes("ready")
        assert list(stream) == [thing.frame(2, "ready")]
    unused = issue_ticket(cast.alice.caller, thing.id)
    for path, tried in ((thing.path, ticket), (thing.path, "nonsense"), (other.path, unused)):
        response = httpx.get(f"{server.url}{path}/events?ticket={tried}")
        assert (response.status_code, response.json()["code"]) == (401, "invalid_ticket")


def test_a_ticket_is_worth_no_more_than_its_owners_grant(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    ticket = issue_ticket(cast.alice.caller, thing.id)
    with opened(f"{server.url}{thing.path}/events?ticket={ticket}", {}) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        with tenant_scope(cast.alice.caller.tenant_id):
            Grant.objects.filter(user_id=cast.alice.caller.user_id).delete()
        assert list(stream) == []


def test_the_session_of_the_console_opens_a_stream(server: Server, cast: Cast) -> None:
    thing = Thing(cast.alice.caller, "ready")
    session = SessionStore()
    session[SESSION_KEY] = session_value(cast.alice.caller)
    session.save()
    with opened(f"{server.url}{thing.path}/events", {"Cookie": f"sessionid={session.session_key}"}) as stream:
        assert list(stream) == [thing.frame(1, "ready")]


@pytest.mark.parametrize("by", ["key", "token"])
def test_a_ticket_is_worth_no_more_than_what_it_was_asked_for_with(
    by: str, server: Server, cast: Cast, settings: Settings
) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    caller = caller_of_api_key(cast.alice.api_key)
    if by == "token":
        caller = caller_of_access_token(issue_tokens(cast.alice.caller).access)
    thing = Thing(caller)
    ticket, unused = issue_ticket(caller, thing.id), issue_ticket(caller, thing.id)
    with opened(f"{server.url}{thing.path}/events?ticket={ticket}", {}) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        if caller.api_key_id:
            revoke_api_key(tenant_id=caller.tenant_id, api_key_id=caller.api_key_id)
        if caller.family_id:
            revoke_family(tenant_id=caller.tenant_id, family_id=caller.family_id)
        response = httpx.get(f"{server.url}{thing.path}/events?ticket={unused}", timeout=5)
        assert (response.status_code, response.json()["code"]) == (401, "invalid_credentials")
        assert list(stream) == []
