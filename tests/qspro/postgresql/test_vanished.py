"""A process that stands still, or a machine that is gone without a farewell, keeps nobody: neither its locks nor those
who wait for its answer."""

import os
import socket
import sys

import psycopg
import pytest
from django.db import InternalError, connection, connections
from redis import Redis

from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import User
from tests.cast import Cast
from tests.shell_query.driver import look_up, submit
from tests.threads import at_once

MINE = "SELECT FROM tenants_user WHERE id = %s FOR UPDATE"


@pytest.mark.parametrize("url", ["DATABASE_URL", "DATABASE_OPERATOR_URL"])
def test_those_who_serve_lose_a_transaction_in_which_they_stand_still(url: str) -> None:
    with psycopg.connect(os.environ[url]) as signed_in:
        assert signed_in.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("15s",)


def test_who_migrates_may_think_for_longer() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as signed_in:
        assert signed_in.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("0",)


def stand_still(caller: Caller) -> None:
    """Within a submission: with the user's row locked, for longer than the server allows."""
    with tenant_scope(caller.tenant_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '300ms'")
        cursor.execute(MINE, [caller.user_id])
        with psycopg.connect(os.environ["DATABASE_URL"]) as other:
            other.execute("SELECT set_config('app.tenant_id', %s, true)", [str(caller.tenant_id)])
            other.execute(MINE, [caller.user_id])  # waits until the lock is free
        cursor.execute("SELECT 1")


def test_who_waited_for_its_lock_goes_on_and_it_cannot(cast: Cast, redis: Redis) -> None:
    alice = cast.alice.caller
    stood, submitted = at_once(2, lambda number: submit(alice, "SELECT 1 AS One") if number else stand_still(alice))
    assert isinstance(stood, InternalError)
    assert not isinstance(submitted, Exception)
    assert submitted is not None
    assert look_up(alice, submitted).status == "queued"
    with tenant_scope(alice.tenant_id):
        assert User.objects.filter(id=alice.user_id).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels call it otherwise")
@pytest.mark.parametrize("alias", ["default", "operator", "owner"])
def test_a_server_that_is_gone_is_noticed_within_half_a_minute(alias: str, database: None) -> None:
    """Not by a test without a network: what the kernel was told to do about it, in seconds, counts and milliseconds."""
    connections[alias].ensure_connection()
    with socket.socket(fileno=os.dup(connections[alias].connection.fileno())) as line:
        names = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
        told = [line.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names]
        asked = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert (asked, told) == (1, [10, 5, 3, 20_000])
