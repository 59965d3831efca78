"""Long texts are read in a process of their own, which is killed when it takes too long.

100,000 characters take seconds, and a thread that parses holds the interpreter: it would stall every stream of an API
process. A thread cannot be stopped; a process can. Short texts are read where they are.
"""

import atexit
import contextlib
import functools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

from shell_query.sql.codes import Code
from shell_query.sql.findings.balance import nesting
from shell_query.sql.infer import Inference, infer_columns
from shell_query.sql.lexer import Source
from shell_query.sql.parse import Statement, parse
from shell_query.sql.problem import Problem, SqlRefused
from shell_query.sql.types import TableSchema
from shell_query.sql.worker import read_frame, write_frame

SHORT_CHARACTERS = 5_000
SHORT_NESTING = 10
"""Deeper texts need more of Python's stack than the thread of a web request has left."""
SECONDS = 2.0
START_SECONDS = 30.0
PATIENCE_SECONDS = 10.0
"""How long a text waits for the texts before it."""

Result = TypeVar("Result")


def parse_bounded(sql_text: str, *, max_characters: int, seconds: float = SECONDS) -> Statement:
    """`parse`, within a time. Raises SqlRefused, with `sql_too_complex` when the time is up."""
    reading = functools.partial(parse, sql_text, max_characters=max_characters)
    if len(sql_text) > max_characters:
        return reading()
    return bounded(sql_text, reading, seconds=seconds)


def infer_bounded(
    statement: Statement,
    tables: Mapping[str, TableSchema],
    names: Collection[str] = (),
    *,
    seconds: float = SECONDS,
) -> Inference:
    """`infer_columns`, within a time."""
    reading = functools.partial(infer_columns, statement, dict(tables), tuple(names))
    return bounded(statement.text, reading, seconds=seconds)


def bounded(sql_text: str, reading: Callable[[], Result], *, seconds: float = SECONDS) -> Result:
    """Runs a picklable reading of this text here when the text is short and flat, else in the worker process."""
    if len(sql_text) <= SHORT_CHARACTERS and nesting(Source(sql_text))[0] <= SHORT_NESTING:
        return reading()
    return _WORKER.run(reading, seconds=seconds)


class Worker:
    """One process, started when first needed, replaced when it had to be killed. Threads take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._is_ready = False

    def run(self, function: Callable[[], Result], *, seconds: float, patience: float = PATIENCE_SECONDS) -> Result:
        """What the function returns or raises. SqlRefused when it takes longer than `seconds` (`sql_too_complex`), or
        when its turn does not come within `patience` (`sql_busy`)."""
        if not self._turn.acquire(timeout=patience):
            raise SqlRefused((Problem(Code.SQL_BUSY, "Too many long queries are being read: try again soon.", 1, 1),))
        try:
            return self._run(function, seconds)
        finally:
            self._turn.release()

    def stop(self) -> None:
        """Ends the process; the next run starts another."""
        with self._turn:
            self._end()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _run(self, function: Callable[[], Result], seconds: float) -> Result:
        process = self._ready_process()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with _killed_after(process, seconds):
                write_frame(process.stdin, (seconds, function))
                succeeded, value = read_frame(process.stdout)
        except (EOFError, OSError) as error:
            code = self._end()
            self._start()  # warm for the next one
            if code is not None and code < 0:  # a signal: ours, or the kernel's when memory ran out
                raise _took_too_long(seconds) from None
            raise RuntimeError(f"the process that reads SQL ended by itself, with {code}") from error
        if succeeded:
            answer: Result = value
            return answer
        if isinstance(value, MemoryError):
            raise _took_too_long(seconds)
        raise value

    def _ready_process(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            self._process = None  # this process is a fork: that one is its parent's
        if self._process is not None and self._process.poll() is not None:
            self._end()
        process = self._process or self._start()
        if not self._is_ready:
            self._await_ready(process)
        return process

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        try:
            with _killed_after(process, START_SECONDS):
                read_frame(process.stdout)
        except EOFError as error:
            raise RuntimeError(f"the process that reads SQL did not start, with {self._end()}") from error
        self._is_ready = True

    def _start(self) -> subprocess.Popen[bytes]:
        """A plain interpreter with nothing of this one's environment: it needs no secret, so it gets none."""
        environment = {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shell_query.sql.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._owner, self._is_ready = os.getpid(), False
        return self._process

    def _end(self) -> int | None:
        """Kills the process, waits for it (no zombie stays) and closes its pipes."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was still to be written has no reader any more
        return process.wait()


@contextlib.contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """A thread waits for the deadline, since a read from a pipe has none."""
    deadline = threading.Timer(seconds, process.kill)
    deadline.start()
    try:
        yield
    finally:
        deadline.cancel()
        deadline.join()  # from here on it can kill nobody's job


def _took_too_long(seconds: float) -> SqlRefused:
    message = f"The query is too complex: it could not be read within {seconds:g} seconds."
    return SqlRefused((Problem(Code.SQL_TOO_COMPLEX, message, 1, 1),))


_WORKER = Worker()
atexit.register(_WORKER.stop)
