"""The process that reads long texts: `python -m shell_query.sql.worker`. Started, fed and killed by `pool`.

It reads jobs from its standard input until that ends, so it goes when its parent goes, however that ended.
"""

import contextlib
import pickle
import resource
import signal
import sys
from typing import IO, Any

import shell_query.sql  # noqa: F401  (warm: the first job does not wait for the import)

RECURSION_LIMIT = 10_000
"""The parser takes 25 frames a level of nesting. Here nobody else's frames are below it, and nobody else is limited."""
MEMORY_BYTES = 2 * 1024**3


def read_frame(stream: IO[bytes]) -> Any:
    """One pickled object. Raises EOFError when the other side is gone."""
    return pickle.load(stream)  # noqa: S301  (our own pipe)


def write_frame(stream: IO[bytes], value: object) -> None:
    stream.write(pickle.dumps(value))
    stream.flush()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this one
    sys.setrecursionlimit(RECURSION_LIMIT)
    with contextlib.suppress(OSError, ValueError):  # not every system can limit it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    write_frame(target, "ready")
    while True:
        try:
            seconds, function = read_frame(source)
        except EOFError:
            return
        # Should the parent die during a job, nobody is left to kill this one: the alarm does.
        signal.setitimer(signal.ITIMER_REAL, seconds + 5)
        try:
            answer = (True, function())
        except Exception as error:
            answer = (False, error)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(target, answer)


if __name__ == "__main__":
    main()
