"""Access tokens: one process fetches, all use; nothing goes to an address that is not the tenant's own."""

import json
import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection as database_connection
from django.db.models.functions import Now

from mce_bridge.deadline import Deadline
from mce_bridge.errors import (
    AddressRefused,
    AnswerLost,
    ConnectionBroken,
    MceError,
    NoConnection,
    ServerTrouble,
    Throttled,
    TokenBusy,
    UnknownAnswer,
    UnreadableAnswer,
)
from mce_bridge.models import Connection, Kind, State
from mce_bridge.tokens import Access, get_access
from tenants.context import tenant_scope
from tenants.encryption import seal, unseal
from tests.cast import Cast
from tests.mce_bridge import hostile
from tests.mce_bridge.conftest import token_answer
from tests.mce_bridge.hostile import Server

ONE_PROCESS = """
import sys
import django
django.setup()
from mce_bridge.deadline import Deadline
from mce_bridge.tokens import get_access
from mce_bridge.errors import TokenBusy
print("ready", flush=True)
sys.stdin.readline()
try:
    print(get_access(tenant_id=sys.argv[1], connection_id=sys.argv[2], deadline=Deadline.after(20)).token)
except TokenBusy as busy:
    print("busy", busy.retry_after)
"""


def get(connection: Connection, *, refused: int = -1) -> Access:
    return get_access(
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        deadline=Deadline.after(10),
        refused=refused,
    )


def change(connection: Connection, **values: object) -> None:
    with tenant_scope(connection.tenant_id):
        assert Connection.objects.filter(id=connection.id).update(**values) == 1


def stored(connection: Connection) -> Connection:
    with tenant_scope(connection.tenant_id):
        return Connection.objects.get(id=connection.id)


def test_client_credentials_name_the_business_unit(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    access = get(connection)
    assert (access.token, access.version) == ("token-1", 1)
    assert (access.soap_url, access.rest_url) == (f"{server.origin}/", f"{server.origin}/")
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v2/token")
    assert json.loads(request.body) == {
        "grant_type": "client_credentials",
        "client_id": "an-app",
        "client_secret": "a-secret-of-the-app",
        "account_id": 7001001,
    }


def test_one_token_serves_until_shortly_before_its_end(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin), token_answer(server.origin, "token-2"))
    assert [get(connection).token for _ in range(3)] == ["token-1"] * 3
    change(connection, access_expires_at=Now() + timedelta(seconds=60))
    assert get(connection).token == "token-2"
    assert len(server.requests) == 2


def test_tokens_and_secrets_are_sealed_in_the_row(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    get(connection)
    row = stored(connection)
    assert row.access_token is not None
    assert unseal(bytes(row.access_token)) == "token-1"
    for secret in (row.access_token, row.client_secret):
        assert b"token-1" not in bytes(secret)
        assert b"a-secret-of-the-app" not in bytes(secret)


def test_while_one_fetches_others_use_the_old_token_as_long_as_it_lasts(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    get(connection)
    change(
        connection,
        access_expires_at=Now() + timedelta(seconds=60),
        refresh_until=Now() + timedelta(seconds=30),
    )
    assert get(connection).token == "token-1"
    change(connection, access_expires_at=Now() + timedelta(seconds=5))
    with pytest.raises(TokenBusy) as busy:
        get(connection)
    assert (busy.value.retryable, busy.value.retry_after) == (True, 1)
    assert len(server.requests) == 1


def test_a_fetcher_that_died_is_followed_by_another(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    change(connection, refresh_until=Now() - timedelta(seconds=1))
    assert get(connection).token == "token-1"


def test_a_refused_token_is_not_given_again(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin), token_answer(server.origin, "token-2"))
    refused = get(connection)
    assert get(connection, refused=refused.version).token == "token-2"
    # Somebody else who was refused the first one takes the second and fetches nothing.
    assert get(connection, refused=refused.version).token == "token-2"
    assert len(server.requests) == 2


def test_of_many_threads_one_fetches(server: Server, connection: Connection) -> None:
    released = threading.Event()

    def held(sock: object, stopped: threading.Event) -> None:
        released.wait(30)
        token_answer(server.origin)(sock, stopped)  # type: ignore[arg-type]

    server.then(held)
    outcomes: list[str] = []
    busy = threading.Semaphore(0)

    def one() -> None:
        try:
            outcomes.append(get(connection).token)
        except TokenBusy:
            outcomes.append("busy")
            busy.release()
        finally:
            database_connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    # All but the one who fetches have been sent away before it has its answer.
    assert all(busy.acquire(timeout=30) for _ in range(7))
    released.set()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 7 + ["token-1"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", Kind)
def test_of_two_processes_one_fetches(cast: Cast, server: Server, connection: Connection, kind: Kind) -> None:
    if kind is Kind.USER_OAUTH:
        change(connection, kind=kind, user=cast.alice.caller.user_id, refresh_token=seal("refresh-1"))
    released = threading.Event()

    def held(sock: object, stopped: threading.Event) -> None:
        released.wait(30)
        token_answer(server.origin, refresh_token="refresh-2")(sock, stopped)  # type: ignore[arg-type]

    server.then(held)
    command = [sys.executable, "-c", ONE_PROCESS, str(connection.tenant_id), str(connection.id)]
    processes = [start(command, server) for _ in range(2)]
    first, second = processes
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outputs = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    # One of them is sent away while the other's request is held, so it ends first.
    while first.poll() is None and second.poll() is None:
        threading.Event().wait(0.02)
    released.set()
    outputs = sorted(process.communicate(timeout=30)[0].strip() for process in processes)
    assert outputs == ["busy 1", "token-1"]
    assert len(server.requests) == 1
    # The old one has ended: had the new one not been kept, this would have been the last token.
    assert unseal(bytes(stored(connection).refresh_token or b"")) == "refresh-2"


def start(command: list[str], server: Server) -> "subprocess.Popen[str]":
    environment = os.environ | {"MCE_SANDBOX_URL": server.origin, "DJANGO_SETTINGS_MODULE": "qspro.settings"}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.mark.parametrize("error", ["invalid_client", "invalid_grant", "unauthorized_client"])
def test_refused_credentials_break_the_connection(server: Server, connection: Connection, error: str) -> None:
    body = {"error": error, "error_description": "Client authentication failed.", "error_uri": "https://x"}
    server.then(hostile.http(401, json.dumps(body)))
    with pytest.raises(ConnectionBroken):
        get(connection)
    assert stored(connection).state == State.BROKEN
    with pytest.raises(ConnectionBroken):
        get(connection)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (hostile.reset, AnswerLost),
        (hostile.http(503, "{}"), ServerTrouble),
        (hostile.http(429, "{}", Retry_After="20"), Throttled),
        (hostile.http(418, "{}"), UnknownAnswer),
        (hostile.http(200, "{"), UnreadableAnswer),
        (hostile.http(200, "[]"), UnreadableAnswer),
        (hostile.http(200, "[" * 200_000), UnreadableAnswer),
        (hostile.http(200, '{"access_token": "x"}'), UnreadableAnswer),
        (token_answer("http://x", "a\nb"), UnreadableAnswer),
        (token_answer("http://x", "ü"), UnreadableAnswer),
        (token_answer("http://x", ""), UnreadableAnswer),
        (token_answer("http://x", expires_in=-1), UnreadableAnswer),
        (token_answer("http://x", expires_in="NaN"), UnreadableAnswer),
        (token_answer("http://x", expires_in=10**400), UnreadableAnswer),
    ],
)
def test_after_a_failed_fetch_the_next_waits_a_little(
    server: Server, connection: Connection, answer: hostile.Answer, error: type[MceError]
) -> None:
    server.then(answer)
    with pytest.raises(error):
        get(connection)
    with pytest.raises(TokenBusy):
        get(connection)
    assert stored(connection).state == State.ACTIVE
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["soap_instance_url", "rest_instance_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://mc-globex.soap.marketingcloudapis.com/",
        "https://mc-northwind.soap.marketingcloudapis.com.evil.example/",
        "http://mc-northwind.soap.marketingcloudapis.com/",
        "http://127.0.0.1:9/",
        "http://169.254.169.254/",
    ],
)
def test_a_token_answer_cannot_send_us_elsewhere(
    server: Server, connection: Connection, name: str, address: str
) -> None:
    server.then(token_answer(server.origin, **{name: address}))
    with pytest.raises(AddressRefused):
        get(connection)
    assert stored(connection).access_token is None


def test_an_address_in_the_row_is_checked_before_a_byte_is_sent(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    change(connection, auth_url=server.origin.replace("127.0.0.1", "localhost") + "/")
    with pytest.raises(AddressRefused):
        get(connection)
    assert server.requests == []


def test_a_users_connection_uses_and_keeps_its_refresh_token(
    cast: Cast, server: Server, connection: Connection
) -> None:
    change(
        connection,
        kind=Kind.USER_OAUTH,
        user=cast.alice.caller.user_id,
        refresh_token=seal("refresh-1"),
    )
    server.then(
        token_answer(server.origin, refresh_token="refresh-2"),
        token_answer(server.origin, "token-2"),
    )
    first = get(connection)
    second = get(connection, refused=first.version)
    assert second.token == "token-2"
    bodies = [json.loads(request.body) for request in server.requests]
    assert [body["refresh_token"] for body in bodies] == ["refresh-1", "refresh-2"]
    assert [body["grant_type"] for body in bodies] == ["refresh_token"] * 2
    row = stored(connection)
    assert row.refresh_token is not None
    assert unseal(bytes(row.refresh_token)) == "refresh-2"


def test_another_tenant_cannot_use_the_connection(cast: Cast, server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    with pytest.raises(NoConnection):
        get_access(
            tenant_id=cast.mallory.caller.tenant_id,
            connection_id=connection.id,
            deadline=Deadline.after(10),
        )
    assert server.requests == []
    with tenant_scope(cast.mallory.caller.tenant_id):
        assert Connection.objects.filter(id=connection.id).update(state=State.BROKEN) == 0
        with database_connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM mce_bridge_connection")
            assert cursor.fetchone() == (0,)


def test_a_token_is_in_no_repr(server: Server, connection: Connection) -> None:
    server.then(token_answer(server.origin))
    assert "token-1" not in repr(get(connection))
