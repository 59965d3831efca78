"""The command line: `qspro run query.sql`. Rows go to stdout, all else to stderr; the README lists the exit codes."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path

from qspro_client.client import Client
from qspro_client.errors import ApiError, QsproError, RunNotReady, Unreachable, WrongUsage
from qspro_client.models import UPDATE_TYPES, Event, Page, Target, Violation
from qspro_client.writing import WRITERS, printable


class Exit(IntEnum):
    READY = 0
    REFUSED_OR_FAILED = 1
    WRONG_USAGE = 2
    KEY_REFUSED = 3
    UNREACHABLE = 4
    NOT_WRITTEN = 5
    INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    options = parsed(argv, os.environ)
    try:
        sql = read(options.file)
    except (OSError, UnicodeError) as error:
        say(f"{options.file} cannot be read: {type(error).__name__}.")
        return Exit.WRONG_USAGE
    target = Target(customer_key=options.target, update_type=options.update_type) if options.target else None
    try:
        with Client(options.url, api_key=options.api_key) as client:
            return run(client, sql, name=options.name, target=target, form=options.format)
    except QsproError as error:
        return explained(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def read(file: str) -> str:
    """UTF-8, whatever the locale is. Raises OSError, UnicodeError."""
    return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8-sig")


def parsed(argv: Sequence[str] | None, environ: Mapping[str, str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="qspro", epilog="QSPRO_API_KEY holds the API key, QSPRO_URL the address unless --url says it."
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("run", help="run a query and write its rows")
    command.add_argument("file", help="the file with the SELECT; - for stdin")
    command.add_argument("--format", choices=sorted(WRITERS), default="table")
    command.add_argument("--name", default="", help="what the run is called in the history")
    command.add_argument("--target", metavar="CUSTOMER_KEY", help="write into this data extension, not to stdout")
    command.add_argument("--update-type", choices=UPDATE_TYPES, default=None)
    command.add_argument("--url", default=environ.get("QSPRO_URL"), help="the address of QS Pro")
    options = parser.parse_args(argv)
    # Not an option: others on the machine can read command lines.
    options.api_key = environ.get("QSPRO_API_KEY")
    if not options.url or not options.api_key:
        command.error("QSPRO_URL and QSPRO_API_KEY are needed.")
    if (options.target is None) != (options.update_type is None):
        command.error("--target and --update-type go together.")
    return options


def run(client: Client, sql: str, *, name: str, target: Target | None, form: str) -> int:
    try:
        run_id = client.submit(sql, name=name, target=target)
    except KeyboardInterrupt:
        say("interrupted; a run may have begun")
        raise
    try:
        for event in client.events(run_id):
            tell(event)
        client.ready(run_id)
    except KeyboardInterrupt:
        return interrupted(client, run_id)
    return write(told(client.pages(run_id)), form) if target is None else Exit.READY


def write(pages: Iterator[Page], form: str) -> Exit:
    if isinstance(sys.stdout, TextIOWrapper):
        # What is for programs is UTF-8; a terminal that lacks a character shows another.
        sys.stdout.reconfigure(encoding=None if form == "table" else "utf-8", errors="replace")
    try:
        WRITERS[form](pages, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()  # who reads has enough, as `head` has
    except OSError as error:
        drop_output()
        say(f"The rows cannot be written: {error.strerror}.")
        return Exit.NOT_WRITTEN
    return Exit.READY


def drop_output() -> None:
    """Python would write what is left once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def interrupted(client: Client, run_id: str) -> int:
    try:
        still = client.cancel(run_id)
    except ApiError as error:
        say(str(error))  # it had just ended
    else:
        say("canceled; rows may still be written" if still else "canceled")
    return Exit.INTERRUPTED


def told(pages: Iterator[Page]) -> Iterator[Page]:
    """The pages; what cannot be read is said."""
    for page in pages:
        if page.page == 1 and page.truncated:
            say(f"Only the first {page.page_size * page.total_pages} rows can be read.")
        yield page


def explained(error: QsproError) -> Exit:
    match error:
        case ApiError():
            say(f"{error} ({error.code or error.status}, request {error.request_id})")
            say_each(error.violations)
            if error.status in {401, 403}:
                return Exit.KEY_REFUSED
            return Exit.UNREACHABLE if error.retryable else Exit.REFUSED_OR_FAILED
        case RunNotReady():
            say(str(error))
            say_each(error.run.violations)
            return Exit.REFUSED_OR_FAILED
        case Unreachable():
            say(str(error))
            return Exit.UNREACHABLE
        case WrongUsage():
            say(str(error))
            return Exit.WRONG_USAGE
    raise error


def tell(event: Event) -> None:
    say(event.stage or event.status)


def say_each(violations: Sequence[Violation]) -> None:
    for violation in violations:
        say(f"  {violation.field}: {violation.message}")


def say(sentence: str) -> None:
    sys.stderr.write(f"{printable(sentence)}\n")
    sys.stderr.flush()
