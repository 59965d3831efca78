"""A real HTTP server that answers as it is told: well, badly, slowly, or not at all."""

import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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
    tls: ssl.SSLContext | None = None

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
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.connections[number - 1] = connection
            with connection, connection.makefile("rb") as stream:
                while (received := read_request(stream, number)) is not None:
                    with self.lock:
                        self.requests.append(received)
                        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
                    answer(connection, self.stopped)
        except OSError:
            # The other side has gone, or the test is over.
            connection.close()

    def stop(self) -> None:
        self.stopped.set()
        # A thread that waits in accept() is woken by shutdown, not by close.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
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


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1, which is its own authority, and what a server needs to show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context
