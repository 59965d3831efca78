import functools
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from shell_query.sql import Field, FieldType, Inference, SqlRefused, TableSchema, infer_columns, parse
from shell_query.sql.pool import Worker, infer_bounded, parse_bounded

LIMIT = 100_000


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.stop()


def code_of(refused: pytest.ExceptionInfo[SqlRefused]) -> str:
    return refused.value.problems[0].code


def is_gone(pid: int) -> bool:
    """Neither running nor a zombie: nothing has that id any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_process_of_its_own_is_kept(worker: Worker) -> None:
    first = worker.run(os.getpid, seconds=10)
    assert first == worker.pid != os.getpid()
    assert worker.run(os.getpid, seconds=10) == first


def test_one_that_takes_too_long_is_killed_and_replaced(worker: Worker) -> None:
    before = worker.run(os.getpid, seconds=10)
    with pytest.raises(SqlRefused) as refused:
        worker.run(functools.partial(time.sleep, 3600), seconds=0.2)
    assert code_of(refused) == "sql_too_complex"
    assert is_gone(before)
    assert worker.run(os.getpid, seconds=10) not in (before, os.getpid())


def test_one_that_ends_by_itself_is_loud_and_replaced(worker: Worker) -> None:
    before = worker.run(os.getpid, seconds=10)
    with pytest.raises(RuntimeError, match="ended by itself, with 3"):
        worker.run(functools.partial(os._exit, 3), seconds=10)
    assert is_gone(before)
    assert worker.run(os.getpid, seconds=10) != before


def test_what_is_raised_there_is_raised_here(worker: Worker) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        worker.run(functools.partial(int, "x"), seconds=10)
    with pytest.raises(SqlRefused) as refused:
        parse_bounded("SELECT a,,b FROM t WHERE c IN (" + "1, " * 5000 + "1)", max_characters=LIMIT, seconds=60)
    assert code_of(refused) == "stray_comma"


def test_memory_is_bounded(worker: Worker) -> None:
    with pytest.raises(SqlRefused) as refused:
        worker.run(functools.partial(bytes, 8 * 1024**3), seconds=60)
    assert code_of(refused) == "sql_too_complex"


def test_it_has_none_of_our_environment(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert worker.run(functools.partial(os.getenv, "SECRET_KEY"), seconds=10) is None


def test_who_waits_too_long_for_a_turn_is_told(worker: Worker) -> None:
    def sleep() -> None:
        with pytest.raises(SqlRefused):
            worker.run(functools.partial(time.sleep, 3600), seconds=60)

    pid = worker.run(os.getpid, seconds=10)
    slow = threading.Thread(target=sleep)
    slow.start()
    while not worker._turn.locked():
        threading.Event().wait(0.01)
    with pytest.raises(SqlRefused) as refused:
        worker.run(os.getpid, seconds=1, patience=0.01)
    os.kill(pid, signal.SIGKILL)
    slow.join()
    assert code_of(refused) == "sql_busy"


def test_threads_take_turns(worker: Worker) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(worker.run(os.getpid, seconds=30, patience=60)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [worker.pid] * 20


def test_stopping_leaves_nothing_behind(worker: Worker) -> None:
    pid = worker.run(os.getpid, seconds=10)
    worker.stop()
    assert is_gone(pid)


def test_long_texts_and_short_ones_are_read_alike() -> None:
    long = "SELECT a AS b FROM t WHERE a IN (" + ", ".join(map(str, range(3000))) + ")"
    for sql in ("SELECT a AS b FROM t", long):
        statement = parse_bounded(sql, max_characters=LIMIT, seconds=60)
        assert [table.name for table in statement.tables] == ["t"]
        assert infer_bounded(statement, {}, seconds=60).columns == (Field("b", FieldType.TEXT, 254),)


def test_a_deep_text_is_read_where_the_stack_is_deep() -> None:
    sql = "SELECT " + "REPLACE(" * 90 + "'x'" + ", 'a', 'b')" * 90 + " AS a"
    statement = parse_bounded(sql, max_characters=LIMIT, seconds=60)
    assert infer_bounded(statement, {}, seconds=60).columns == (Field("a", FieldType.TEXT, 1),)


WIDE = {"wide": TableSchema("Wide", tuple(Field(f"c{number}", FieldType.NUMBER) for number in range(1000)))}
MANY = ", ".join(f"Wide a{number}" for number in range(300))


def understood(sql: str) -> Inference:
    return infer_columns(parse(sql, max_characters=LIMIT), WIDE)


def test_columns_of_many_wide_tables_are_looked_up_in_time(worker: Worker) -> None:
    """Each of these took minutes."""
    names = ", ".join(f"z{number}" for number in range(300))
    found = worker.run(functools.partial(understood, f"SELECT {names} FROM {MANY}"), seconds=20)
    assert [problem.code for problem in found.problems] == ["unknown_column"] * 100
    names = ", ".join(f"c999 AS x{number}" for number in range(300))
    found = worker.run(functools.partial(understood, f"SELECT {names} FROM {MANY}"), seconds=20)
    assert [problem.code for problem in found.problems] == ["ambiguous_column"] * 100


def test_many_tables_of_one_name_are_told_in_time(worker: Worker) -> None:
    with pytest.raises(SqlRefused) as refused:
        worker.run(functools.partial(understood, "SELECT 1 AS a FROM " + ", ".join(["Wide w"] * 5000)), seconds=20)
    assert {problem.code for problem in refused.value.problems} == {"duplicate_alias"}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + ", ".join(["*"] * 1200) + f" FROM {MANY}",
        " UNION ALL ".join(["SELECT * FROM Wide"] * 250),
        "SELECT 1 AS a FROM Wide WHERE " + " OR ".join(["EXISTS (SELECT * FROM Wide)"] * 150),
    ],
    ids=lambda sql: sql[:20],
)
def test_stars_cannot_stand_for_columns_without_end(worker: Worker, sql: str) -> None:
    """A short text is read where the streams are, and its stars took gigabytes there."""
    with pytest.raises(SqlRefused) as refused:
        worker.run(functools.partial(understood, sql), seconds=20)
    assert [(each.code, each.message.partition(":")[0]) for each in refused.value.problems] == [
        ("sql_too_complex", "The stars of this query stand for too many columns")
    ]


def test_a_text_that_is_too_long_is_refused_here() -> None:
    with pytest.raises(SqlRefused) as refused:
        parse_bounded("SELECT 1 AS a" + " " * LIMIT, max_characters=LIMIT)
    assert code_of(refused) == "sql_too_long"
