"""What is broken or stopped beside open streams makes them late at most."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.db import connection
from pytest_django import Settings
from redis import Redis

from stack.ports import FOR_TESTS, Ports
from tests.cast import Cast
from tests.events.client import opened
from tests.events.conftest import Server, eventually, served_by_a_process
from tests.events.things import Thing
from tests.valkey import Valkey


@pytest.fixture
def valkey(redis: Redis, tmp_path: Path, settings: Settings) -> Iterator[Valkey]:
    with Ports({}, preferred=FOR_TESTS) as ports:
        valkey = Valkey(tmp_path, ports.take("REDIS_PORT"))
        settings.REDIS_URL = valkey.url
        yield valkey
        valkey.kill()


def test_redis_may_die_under_open_streams_and_never_come_back(
    valkey: Valkey, server: Server, cast: Cast, settings: Settings
) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        valkey.kill()
        thing.becomes("running")
        assert stream.take(1) == [thing.frame(2, "running")]
        thing.becomes("ready")
        assert list(stream) == [thing.frame(3, "ready")]


def test_what_was_said_while_redis_was_away_comes_when_it_is_back(
    valkey: Valkey, server: Server, cast: Cast, settings: Settings
) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 3600  # so that only the listener, once it is connected again, can bring it
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        for number in (2, 4):
            valkey.kill()
            thing.becomes(f"step {number}")
            valkey.start()
            assert stream.take(1) == [thing.frame(number, f"step {number}")]
            thing.becomes(f"step {number + 1}")
            assert stream.take(1) == [thing.frame(number + 1, f"step {number + 1}")]


def test_a_listener_that_was_cut_off_connects_again(
    server: Server, cast: Cast, settings: Settings, redis: Redis
) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 3600
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        eventually(lambda: bool(redis.client_list(_type="pubsub")))
        redis.client_kill_filter(_type="pubsub")
        thing.becomes("running", "ready")
        assert list(stream) == [thing.frame(2, "running"), thing.frame(3, "ready")]


def test_the_database_may_throw_everybody_out(server: Server, cast: Cast, settings: Settings) -> None:
    settings.STREAM_CATCH_UP_SECONDS = 0.1
    thing = Thing(cast.alice.caller)
    with opened(f"{server.url}{thing.path}/events", cast.alice.headers) as stream:
        assert stream.take(1) == [thing.frame(1, "queued")]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = current_user AND pid <> pg_backend_pid()"
            )
        thing.becomes("running", "ready")
        assert list(stream) == [thing.frame(2, "running"), thing.frame(3, "ready")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_open_streams_do_not_keep_a_server_from_stopping(
    database: None, cast: Cast, redis: Redis, number: signal.Signals
) -> None:
    thing, headers = Thing(cast.alice.caller), cast.alice.headers
    with served_by_a_process() as (process, url), ThreadPoolExecutor(1) as threads:
        with opened(f"{url}{thing.path}/events", headers) as stream:
            assert stream.take(1) == [thing.frame(1, "queued")]
            waiting = threads.submit(
                httpx.get, f"{url}{thing.path}", headers={**headers, "Prefer": "wait=30"}, timeout=30
            )
            eventually(lambda: redis.zcard(f"qspro:streams:{thing.maker.tenant_id}:{thing.maker.user_id}") == 2)
            process.send_signal(number)
            assert list(stream) == []  # a clean end, not a broken connection
            waiting.result()
        # It stopped by itself, and then passed its signal on, as uvicorn does.
        assert process.wait() in {0, -number}
    assert redis.keys("qspro:streams:*") == []
