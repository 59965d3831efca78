"""A real server on a real port, in a thread of the test's process, and one in a process of its own."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.db import connections, transaction
from pytest_django import Settings
from redis import Redis

from events.application import WithEvents
from tests.events.served import make_application


class Server(uvicorn.Server):
    """Serves from a thread; `url` is good as soon as it is made."""

    def __init__(self, application: WithEvents) -> None:
        super().__init__(uvicorn.Config(application, port=0, log_config=None, lifespan="on"))
        self.application = application
        self.ready = Flag()
        self.thread = Thread(target=self.run)
        self.thread.start()
        self.ready.wait()
        self.url = f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.application.hub.close)
        self.should_exit = True
        self.thread.join()


@pytest.fixture
def serve(database: None, redis: Redis, settings: Settings, tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Starts servers, which read the settings as the test has set them by then."""
    settings.ROOT_URLCONF = "tests.events.urls"
    settings.STATIC_ROOT = tmp_path
    servers: list[Server] = []

    def start() -> Server:
        servers.append(Server(make_application()))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(serve: Callable[[], Server]) -> Server:
    return serve()


@contextmanager
def served_by_a_process(**environment: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server in a process of its own, and its address. It is killed if it still runs in the end."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "tests.events.served:make_application",
            "--port=0",
            "--no-access-log",
        ],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        yield process, next(found[0] for line in process.stderr if (found := re.search(r"http://[\d.:]+", line)))
    finally:
        process.kill()
        process.communicate()


@contextmanager
def keys_locked() -> Iterator[None]:
    """Who asks by an API key waits meanwhile."""
    with transaction.atomic("owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("LOCK TABLE tenants_apikey")
        yield


def eventually(holds: Callable[[], bool]) -> None:
    """Comes back once it holds. A test that waits for ever is killed from outside."""
    while not holds():
        time.sleep(0.02)
