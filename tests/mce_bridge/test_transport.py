"""One call, against a server that does its worst. Where an answer is slow, it would be good in the end: only the
deadline makes it an error."""

import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mce_bridge import transport
from mce_bridge.deadline import Deadline
from mce_bridge.errors import (
    AnswerLost,
    MceError,
    ServerTrouble,
    Throttled,
    TokenExpired,
    TransientError,
    UnknownAnswer,
    Unreachable,
    UnreadableAnswer,
)
from mce_bridge.sockets import make_pools
from mce_bridge.transport import Answer, Request, send
from tests.mce_bridge import hostile
from tests.mce_bridge.hostile import Server

JSON = "application/json"


def ask(url: str, *, seconds: float = 10, body: bytes | None = None) -> Answer:
    request = Request("POST", url, accepts=(JSON,), headers={"Authorization": "Bearer tell-nobody"}, body=body)
    return send(request, deadline=Deadline.after(seconds))


def test_a_good_answer(server: Server) -> None:
    server.then(hostile.http(200, '{"a": "ü"}', kind="application/json; charset=utf-8", Retry_After="7"))
    answer = ask(f"{server.origin}/x", body=b"{}")
    assert answer == Answer(200, JSON, '{"a": "ü"}'.encode(), 7.0)
    assert server.requests[0].body == b"{}"


def test_a_request_comes_in_one_piece() -> None:
    """Who reads as soon as there is something has all of it: of twenty in a row none is split in two."""
    answer = hostile.head(200, JSON, Content_Length="2") + b"{}"
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as caller:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        for number in range(20):
            asked = caller.submit(ask, url, body=b"body")
            if not number:
                connection, _ = listener.accept()
            assert connection.recv(65536).endswith(b"\r\n\r\nbody")
            connection.sendall(answer)
            assert asked.result().content == b"{}"
        connection.close()


def test_connections_are_used_again(server: Server) -> None:
    server.then(hostile.http(200, "{}"))
    for _ in range(3):
        ask(server.origin + "/x")
    assert {request.connection for request in server.requests} == {1}


@pytest.mark.parametrize(
    "answer",
    [
        hostile.drip(hostile.head(200, JSON, Content_Length="60"), b" " * 58 + b"{}", every=0.05),
        hostile.drip(b"", hostile.head(200, JSON, Content_Length="0"), every=0.05),
        hostile.drip(hostile.head(200, JSON, Transfer_Encoding="chunked"), b"0" * 60 + b"\r\n\r\n", every=0.05),
        hostile.endless(hostile.head(200, JSON, Transfer_Encoding="chunked"), b"0" * 65536),
        hostile.hang,
        hostile.reset,
        hostile.raw(hostile.head(200, JSON, Content_Length="10") + b"{"),
    ],
    ids=["drip-body", "drip-headers", "drip-chunk-size", "chunk-size-without-end", "hang", "reset", "cut-short"],
)
def test_an_answer_that_does_not_come_whole_in_time_is_lost(server: Server, answer: hostile.Answer) -> None:
    def cut(connection: socket.socket, stopped: threading.Event) -> None:
        answer(connection, stopped)
        connection.close()

    server.then(cut)
    with pytest.raises(AnswerLost) as lost:
        ask(server.origin + "/x", seconds=0.5)
    assert lost.value.outcome_unknown
    assert lost.value.retryable


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable) as unreachable:
        ask(f"http://127.0.0.1:{port}/x")
    assert not unreachable.value.outcome_unknown


@dataclass(frozen=True)
class EndsSoon(Deadline):
    """Is over once it has been asked so often."""

    moments: list[None] = field(default_factory=list)

    def limit(self, seconds: float) -> float:
        if not self.moments:
            raise TimeoutError
        self.moments.pop()
        return super().limit(seconds)


@pytest.mark.parametrize("asked", range(5))
def test_a_deadline_that_ends_before_anything_was_sent_leaves_nothing_unknown(server: Server, asked: int) -> None:
    """Before and after the name is looked up, the connection made, and the request written."""
    server.then(hostile.http(200, "{}"))
    request = Request("POST", server.origin + "/x", accepts=(JSON,), headers={}, body=b"{}")
    with pytest.raises(Unreachable) as unreachable:
        send(request, deadline=EndsSoon(time.monotonic() + 60, [None] * asked))
    assert (unreachable.value.outcome_unknown, server.requests) == (False, [])


def test_a_server_that_never_shakes_hands_is_unreachable(server: Server) -> None:
    server.then(hostile.hang)
    with pytest.raises(Unreachable):
        ask(server.origin.replace("http:", "https:") + "/x", seconds=0.3)


def test_a_certificate_that_nobody_vouches_for_gets_nothing(server: Server, tmp_path: Path) -> None:
    _, server.tls = hostile.certificate(tmp_path)
    server.then(hostile.http(200, "{}"))
    with pytest.raises(Unreachable):
        ask(server.origin.replace("http:", "https:") + "/x")
    assert server.requests == []


def test_the_deadline_holds_over_tls(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, server.tls = hostile.certificate(tmp_path)
    monkeypatch.setattr(transport, "pools", make_pools(str(authority)))
    slow = hostile.drip(hostile.head(200, JSON, Content_Length="60"), b" " * 58 + b"{}", every=0.05)
    server.then(hostile.http(200, "{}"), slow)
    address = server.origin.replace("http:", "https:") + "/x"
    assert ask(address).content == b"{}"
    with pytest.raises(AnswerLost):
        ask(address, seconds=0.5)


def test_over_tls_the_deadline_holds_for_who_reads_slowly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, tls = hostile.certificate(tmp_path)
    monkeypatch.setattr(transport, "pools", make_pools(str(authority)))
    body, enough = bytes(8_000_000), threading.Event()

    def read_slowly(listener: socket.socket) -> int:
        connection, _ = listener.accept()
        with tls.wrap_socket(connection, server_side=True) as reader:
            read = 0
            while not enough.wait(0.02) and (piece := reader.recv(16 * 1024)):
                read += len(piece)
            return read

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as server:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        reading = server.submit(read_slowly, listener)
        with pytest.raises(AnswerLost):
            ask(f"https://127.0.0.1:{listener.getsockname()[1]}/x", seconds=1, body=body)
        enough.set()
        assert 0 < reading.result() < len(body)


def test_a_deadline_that_has_passed_sends_nothing(server: Server) -> None:
    with pytest.raises(Unreachable):
        ask(server.origin + "/x", seconds=0)
    assert server.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        hostile.endless(hostile.head(200, JSON, Content_Length=str(50 * 2**20)), b" " * 65536),
        hostile.http(200, gzip.compress(b" " * (50 * 2**20)), Content_Encoding="gzip"),
    ],
    ids=["50-MB", "gzip-bomb"],
)
def test_no_more_is_read_than_the_cap(server: Server, settings: object, answer: hostile.Answer) -> None:
    settings.MCE_MAX_ANSWER_BYTES = 1024 * 1024  # type: ignore[attr-defined]
    server.then(answer)
    with pytest.raises(UnreadableAnswer):
        ask(server.origin + "/x")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (502, ServerTrouble),
        (503, ServerTrouble),
        (400, ServerTrouble),
        (403, ServerTrouble),
        (404, ServerTrouble),
        (409, ServerTrouble),
        (401, TokenExpired),
        (429, Throttled),
        (200, UnreadableAnswer),
        (302, UnknownAnswer),
    ],
)
def test_a_page_in_place_of_an_answer_is_not_marketing_clouds_word(
    server: Server, status: int, error: type[MceError]
) -> None:
    server.then(hostile.http(status, "<html>Bad gateway</html>", kind="text/html", Retry_After="9"))
    with pytest.raises(error) as raised:
        ask(server.origin + "/x")
    assert type(raised.value) is error
    assert raised.value.retry_after == (9 if issubclass(error, TransientError) else None)
    assert "gateway" not in str(raised.value)


def test_the_next_call_after_an_unread_page_is_a_good_one(server: Server) -> None:
    server.then(hostile.http(502, "<html>", kind="text/html"), hostile.http(200, "{}"))
    with pytest.raises(ServerTrouble):
        ask(server.origin + "/x")
    assert ask(server.origin + "/x").content == b"{}"


def test_redirects_are_not_followed(server: Server) -> None:
    server.then(hostile.http(307, "{}", Location=f"{server.origin}/elsewhere"))
    assert ask(server.origin + "/x").status == 307
    assert [request.path for request in server.requests] == ["/x"]


def test_cookies_are_not_kept(server: Server) -> None:
    server.then(hostile.http(200, "{}", Set_Cookie="tenant=northwind; Path=/"))
    ask(server.origin + "/x")
    ask(server.origin + "/x")
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    server.then(hostile.http(200, "{}"))
    assert ask(server.origin + "/x").status == 200


def test_nothing_is_tried_twice(server: Server) -> None:
    server.then(hostile.reset)
    with pytest.raises(AnswerLost):
        ask(server.origin + "/x")
    assert len(server.requests) == 1


def test_threads_do_not_mix_answers(server: Server) -> None:
    def echo(connection: socket.socket, stopped: threading.Event) -> None:
        number = server.connections.index(connection) + 1
        with server.lock:
            path = [received.path for received in server.requests if received.connection == number][-1]
        hostile.http(200, f'"{path}"')(connection, stopped)

    server.then(echo)
    seen: dict[str, bytes] = {}

    def one(name: str) -> None:
        seen[name] = ask(f"{server.origin}/{name}").content

    names = [str(number) for number in range(20)]
    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: f'"/{name}"'.encode() for name in names}


def test_tokens_and_bodies_are_in_no_repr() -> None:
    request = Request("POST", "http://x/?q=secret", accepts=(), headers={"Authorization": "secret"}, body=b"secret")
    assert "secret" not in repr(request)
    assert "secret" not in repr(Answer(200, JSON, b"secret"))
