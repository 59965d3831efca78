"""A real HTTP server that answers as it is told: well, badly, slowly, or not at all."""

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass
class Server:
    """Gives the answers queued with `then`, one a request; afterwards the last one again."""

    listener: socket.socket
    stopped: threading.Event = field(default_factory=threading.Event)
    answers: deque[Answer] = field(default_factory=deque)
    requests: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def then(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            number = len(self.connections)
            threading.Thread(target=self.serve, args=(connection, number), daemon=True).start()

    def serve(self, connection: socket.socket, number: int) -> None:
        with connection:
            try:
                stream = connection.makefile("rb")
                while (received := read_request(stream, number)) is not None:
                    with self.lock:
                        self.requests.append(received)
                        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
                    answer(connection, self.stopped)
            except OSError:
                return

    def stop(self) -> None:
        self.stopped.set()
        # A thread that waits in accept() is woken by shutdown, not by close.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.close()


@contextmanager
def running() -> Iterator[Server]:
    server = Server(socket.create_server(("127.0.0.1", 0)))
    accepting = threading.Thread(target=server.accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        server.stop()
        accepting.join()


def read_request(stream: object, number: int) -> Received | None:
    line = stream.readline().decode("latin-1").split()  # type: ignore[attr-defined]
    if len(line) != 3:
        return None
    headers = {}
    while header := stream.readline().decode("latin-1").strip():  # type: ignore[attr-defined]
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))  # type: ignore[attr-defined]
    return Received(line[0], line[1], headers, body, number)


def http(status: int, body: bytes | str, *, kind: str = "application/json", **headers: str) -> Answer:
    """A whole answer. Give headers with underscores: `Retry_After="3"`."""
    content = body.encode() if isinstance(body, str) else body
    return raw(head(status, kind, Content_Length=str(len(content)), **headers) + content)


def head(status: int, kind: str, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def raw(content: bytes) -> Answer:
    def answer(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(content)

    return answer


def drip(start: bytes, rest: bytes, *, every: float) -> Answer:
    """`start` at once, then the rest a byte at a time: each byte is in time, the whole is not."""

    def answer(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(start)
        for byte in rest:
            if stopped.wait(every):
                return
            connection.sendall(bytes([byte]))

    return answer


def endless(start: bytes, part: bytes) -> Answer:
    """`start`, then the same part for ever, as fast as it is taken."""

    def answer(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(start)
        while not stopped.is_set():
            connection.sendall(part)

    return answer


def hang(connection: socket.socket, stopped: threading.Event) -> None:
    stopped.wait()


def reset(connection: socket.socket, stopped: threading.Event) -> None:
    """A TCP reset in place of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RD)
    connection.close()
