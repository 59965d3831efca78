"""A small program for the supervisor's tests: says in a file when it starts and when it is asked to stop."""

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("diary", type=Path)
    parser.add_argument("--exit", type=int, help="end at once with this code")
    parser.add_argument("--deaf", action="store_true", help="do not stop when asked")
    arguments = parser.parse_args()

    def note(text: str) -> None:
        with arguments.diary.open("a") as diary:
            diary.write(f"{arguments.name} {text}\n")

    def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
        note("asked to stop")
        if not arguments.deaf:
            sys.exit(0)

    signal.signal(signal.SIGTERM, asked_to_stop)
    sys.stdout.write(f"hello from {arguments.name}\n")
    sys.stdout.flush()
    note("up")
    if arguments.exit is not None:
        sys.exit(arguments.exit)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
