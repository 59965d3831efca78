"""A Valkey of a test's own, to be hurt."""

import signal
import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from stack.binaries import valkey_server


class Valkey:
    """Can be killed and started again at the same address, or made to fall silent: connected, and answering nothing."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--loglevel", "nothing"]
        self.process = subprocess.Popen([str(valkey_server()), *options], cwd=self.folder)
        with Redis.from_url(self.url) as client:
            while not answers(client):
                time.sleep(0.02)

    def fall_silent(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisConnectionError:
        return False
