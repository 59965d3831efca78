"""How to see that a process can do its work."""

import http.client
import socket
from pathlib import Path
from urllib.parse import urlsplit


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


def pongs(*, port: int, password: str) -> bool:
    """Whether the Valkey on `port` lets us in and has loaded its data."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            with connection.makefile("rb") as answers:
                return answers.read().split() == [b"+OK", b"+PONG", b"+OK"]
    except OSError:
        return False


def postmaster_is_ready(data: Path, pid: int) -> bool:
    """Whether PostgreSQL's own file says so: its line 1 is the process, line 8 the state (as pg_ctl reads it)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
