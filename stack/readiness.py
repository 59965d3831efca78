"""How to see that a process can do its work."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import redis


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def pongs(url: str) -> bool:
    """Whether the Valkey or Redis at `url` lets us in and has loaded its data."""
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def postmaster_is_ready(data: Path, pid: int) -> bool:
    """Whether PostgreSQL's own file says so: its line 1 is the process, line 8 the state (as pg_ctl reads it)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
