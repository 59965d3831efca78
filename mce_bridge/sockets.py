"""Connections that hold a total deadline and a cap on bytes, whatever the other side does.

Timeouts of a socket begin anew with each byte, so a slow drip outlives them; and a thread cannot be killed. Here each
single read and write waits at most for what is left of the call's deadline: name look-up, connect, TLS, headers, body.
"""

import io
import socket
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from mce_bridge.deadline import Deadline


class TooManyBytes(Exception):
    """The other side sends more than we read."""


@dataclass
class Call:
    """What one call may use, and how far it came."""

    deadline: Deadline
    connect_timeout: float
    read_timeout: float
    max_bytes: int
    sent: bool = False
    received: int = 0

    def take(self, count: int) -> None:
        self.received += count
        if self.received > self.max_bytes:
            raise TooManyBytes


# A pooled connection serves many calls in turn; each call is made and read wholly in one thread.
current_call: ContextVar[Call] = ContextVar("mce_call")

# getaddrinfo has no timeout; here somebody else waits for it.
resolver = ThreadPoolExecutor(max_workers=4, thread_name_prefix="mce-dns")


class BoundedReader(io.RawIOBase):
    """The receiving side of a socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.source = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        call = current_call.get()
        self.sock.settimeout(call.deadline.limit(call.read_timeout))
        count = self.source.readinto(buffer)
        call.take(count or 0)
        return count

    def close(self) -> None:
        self.source.close()
        super().close()


class ReaderOf:
    """As much of a socket as HTTPResponse wants: something to make a file from."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(BoundedReader(self.sock))


class BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(ReaderOf(sock), *args, **kwargs)  # type: ignore[arg-type]


class BoundedConnection(HTTPConnection):
    response_class = BoundedResponse
    # What is to be sent, while a request is put together.
    held: list[bytes] | None = None

    def _new_conn(self) -> socket.socket:
        call = current_call.get()
        return connect_to_first(look_up_name(self._dns_host, self.port or self.default_port, call), call)

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Head and body go out as one: each send wakes up the other end, which costs more than the body."""
        parts = self.held = []
        try:
            super().request(*args, **kwargs)
        finally:
            self.held = None
        self.send(b"".join(parts))

    def send(self, data: Any) -> None:
        if self.held is not None:
            self.held.append(data)
            return
        call = current_call.get()
        if self.sock is None:
            self.connect()
        self.sock.settimeout(call.deadline.limit(call.read_timeout))
        call.sent = True
        super().send(data)


class BoundedTLSConnection(BoundedConnection, HTTPSConnection):
    pass


def look_up_name(host: str, port: int, call: Call) -> list[Any]:
    looking_up = resolver.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    try:
        return looking_up.result(timeout=call.deadline.limit(call.connect_timeout))
    except TimeoutError:
        looking_up.cancel()
        raise


def connect_to_first(found: list[Any], call: Call) -> socket.socket:
    """A connection to the first address that takes one. The timeout set here also bounds the TLS handshake."""
    refused: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(call.deadline.limit(call.connect_timeout))
            sock.connect(address)
            sock.settimeout(call.deadline.limit(call.connect_timeout))
        except OSError as exc:
            sock.close()
            refused = exc
        else:
            return sock
    raise refused


class Pool(HTTPConnectionPool):
    ConnectionCls = BoundedConnection


class TLSPool(HTTPSConnectionPool):
    ConnectionCls = BoundedTLSConnection


def make_pools(ca_certs: str) -> PoolManager:
    """Connections kept for reuse by host, shared by all threads. There is no proxy, redirect, retry or cookie in it."""
    pools = PoolManager(num_pools=200, maxsize=50, cert_reqs="CERT_REQUIRED", ca_certs=ca_certs)
    pools.pool_classes_by_scheme = {"http": Pool, "https": TLSPool}
    return pools
