"""`qspro` as a shell runs it, against the running system."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest

from tests.journeys.client import Client
from tests.journeys.conftest import ROOT, System
from tests.journeys.test_run import STEPS

pytestmark = pytest.mark.journey

SQL = "SELECT TOP 60 CustomerID, Email FROM Customers ORDER BY CustomerID"


def started(system: System, *words: str, **changes: str) -> "subprocess.Popen[str]":
    return writing_to(subprocess.PIPE, system, words, changes)


def writing_to(
    out: IO[str] | int, system: System, words: Sequence[str], changes: Mapping[str, str]
) -> "subprocess.Popen[str]":
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "client"),
        "QSPRO_URL": system.facts["api"],
        "QSPRO_API_KEY": system.facts["apiKeys"]["owner"],
        **changes,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "qspro_client", *words],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="surrogateescape",
    )


def qspro(system: System, *words: str, sql: str = "", **changes: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    with started(system, *words, **changes) as process:
        out, told = process.communicate(sql)
        return process.returncode, out, told


def test_rows_of_a_file_go_to_stdout_and_progress_to_stderr(system: System, tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_text(SQL)
    code, out, told = qspro(system, "run", "--format", "csv", str(tmp_path / "query.sql"))
    assert (code, told.split()) == (0, STEPS)
    head, *rows = csv.reader(io.StringIO(out))
    assert (head, [row[0] for row in rows]) == (["CustomerID", "Email"], [str(number) for number in range(1, 61)])


def test_stdin_is_read_and_json_written(system: System) -> None:
    code, out, _ = qspro(system, "run", "--format", "json", "-", sql=SQL)
    assert (code, [row["CustomerID"] for row in json.loads(out)]) == (0, list(range(1, 61)))


def test_a_table_is_written_by_itself(system: System) -> None:
    code, out, _ = qspro(system, "run", "-", sql="SELECT COUNT(*) AS Customers FROM Customers")
    assert (code, out) == (0, "Customers\n---------\n    10000\n")


LATIN = {"PYTHONIOENCODING": "latin-1"}
ODD = "SELECT TOP 1 N'Zoë 漢字' AS [Größe] FROM Customers"


@pytest.mark.parametrize(
    ("form", "encoding", "text"),
    [
        ("csv", "utf-8", "Größe\nZoë 漢字\n"),
        ("json", "utf-8", '[\n  {"Größe": "Zoë 漢字"}\n]\n'),
        ("table", "latin-1", "Größe\n------\nZoë ??\n"),
    ],
)
def test_no_character_ends_it_wherever_it_is_written(system: System, form: str, encoding: str, text: str) -> None:
    """What is for programs is UTF-8, also on Windows, where Python would take the country's encoding for a file."""
    with started(system, "run", "--format", form, "-", **LATIN) as process:
        out, _ = process.communicate(ODD)
    assert process.returncode == 0
    assert out.encode("utf-8", "surrogateescape").decode(encoding) == text


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_rows_that_cannot_be_written_exit_with_five(system: System, form: str) -> None:
    with open("/dev/full", "w") as full, writing_to(full, system, ("run", "--format", form, "-"), {}) as process:
        _, told = process.communicate(SQL)
    assert process.returncode == 5
    assert told.splitlines()[len(STEPS) :] == ["The rows cannot be written: No space left on device."]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT Nope FROM Customers", "Marketing Cloud does not accept this SQL: Invalid column name 'Nope'"),
        ("DROP TABLE Customers", "(invalid_sql, request "),
    ],
)
def test_sql_that_is_refused_exits_with_one_and_says_why(system: System, sql: str, said: str) -> None:
    code, out, told = qspro(system, "run", "-", sql=sql)
    assert (code, out, said in told) == (1, "", True)


def test_a_wrong_key_exits_with_three(system: System) -> None:
    code, out, told = qspro(system, "run", "-", sql=SQL, QSPRO_API_KEY="qsp_wrong")
    assert (code, out, "qsp_wrong" in told) == (3, "", False)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (("run", "-"), {"QSPRO_API_KEY": ""}),
        (("run", "-", "--target", "Weekly"), {}),
        (("run", "/nowhere.sql"), {}),
        ((), {}),
    ],
)
def test_a_wrong_command_line_exits_with_two(system: System, words: tuple[str, ...], changes: dict[str, str]) -> None:
    code, out, told = qspro(system, *words, **changes)
    assert (code, out, told != "") == (2, "", True)


def test_ctrl_c_cancels_the_run(system: System, alice: Client) -> None:
    system.sandbox.hold()
    with started(system, "run", "--name", "interrupted", "-") as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(SQL)
        process.stdin.close()
        while process.stderr.readline().strip() != "executing":
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    (run,) = alice.get("/api/runs?snippetName=interrupted")["results"]
    assert run["status"] == "canceled"


def test_ctrl_c_before_there_is_a_run_says_that_there_may_be_one(system: System) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with started(system, "run", "-", QSPRO_URL=url) as process:
            assert process.stdin
            process.stdin.write(SQL)
            process.stdin.close()
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(4) == b"POST"
                process.send_signal(signal.SIGINT)
                assert process.wait() == 130
            assert process.stderr
            assert process.stderr.read() == "interrupted; a run may have begun\n"


def test_who_has_read_enough_rows_may_go(system: System) -> None:
    with started(system, "run", "--format", "csv", "-") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write("SELECT CustomerID, Email FROM Customers")
        process.stdin.close()
        assert process.stdout.readline() == "CustomerID,Email\n"
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(), said.split()[: len(STEPS)], "Error" in said) == (0, STEPS, False)
