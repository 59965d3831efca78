"""Whatever the text: a statement or SqlRefused, places that lie inside the text, and an end.

Each text is read in a process that is killed when it takes too long or too much memory. 10,000 of them: SQL_FUZZ_TEXTS.
"""

import functools
import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shell_query.sql import Problem, SqlRefused, infer_columns, parse
from shell_query.sql.codes import Code
from shell_query.sql.pool import Worker, infer_bounded, parse_bounded
from tests.shell_query.sql.test_infer import TABLES

TEXTS = int(os.environ.get("SQL_FUZZ_TEXTS", "1000"))
LIMIT = 100_000
KILLED_AFTER = 30.0

_PLAIN = """
    SELECT FROM WHERE GROUP BY ORDER HAVING UNION ALL EXCEPT INTERSECT DISTINCT TOP JOIN LEFT OUTER CROSS
    APPLY ON AS IN NOT NULL IS LIKE BETWEEN AND OR EXISTS CASE WHEN THEN ELSE END CAST CONVERT TRIM OVER
    PARTITION ROWS PIVOT UNPIVOT FOR VALUES OFFSET FETCH NEXT ONLY IF ANY COLLATE ESCAPE INT VARCHAR DECIMAL
    DATE ROLLUP WITHIN AT TIME ZONE ARRAY INTERVAL LATERAL UNNEST TABLESAMPLE WINDOW QUALIFY MATCH_RECOGNIZE
    OPTION XML USING DEFAULT TABLE COMMENT BEGIN LIMIT NOLOCK WITH(NOLOCK) != IN() ROW FIRST Customers Orders
    FirstName Amount CustomerId _Sent Ent c o a
    b COUNT SUM REPLACE DATEADD ISNULL STRING_AGG LAG , , . * + - / % = <> < > & ~ [a.b] "x" 'x' '' N'x' 1 1.5
    1e5 0x1F
"""
_ODD = "( ) ; : :: { } [ ] ' \" @a #t -- /* */ WITH LIMIT INTO \u00e9 \u2019 \u00a0 \x00 \ud800"
PLAIN_WORDS = _PLAIN.split()
ALL_WORDS = PLAIN_WORDS + _ODD.split(" ")

Text = st.SearchStrategy[str]


def either(*texts: str) -> Text:
    return st.sampled_from(texts)


def _larger_values(values: Text) -> Text:
    return st.one_of(
        st.builds("({} {} {})".format, values, either(*"+-*/%&"), values),
        st.builds(
            "{}({}, {})".format, either("ISNULL", "LEFT", "CONCAT", "NULLIF", "ROUND", "REPLACE"), values, values
        ),
        st.builds("{}({})".format, either("UPPER", "SUM", "AVG", "MAX", "LEN", "ABS", "NO_SUCH"), values),
        st.builds("CASE WHEN {} = 1 THEN {} ELSE {} END".format, values, values, values),
        st.builds("CAST({} AS {})".format, values, either("INT", "VARCHAR(5)", "DECIMAL(9, 2)", "DATE", "BIT")),
        st.builds("SUM({}) OVER (PARTITION BY {} ORDER BY 1)".format, values, values),
        st.builds("(SELECT MAX({}) AS m FROM Orders o)".format, values),
    )


COLUMNS = either("FirstName", "c.CustomerId", "Amount", "o.Status", "[Signup Id]", "Born", "EventDate", "Nope")
LITERALS = either("1", "2.5", "1e9", "'x'", "N''", "NULL", "GETDATE()", "COUNT(*)", "-7")
VALUES = st.recursive(COLUMNS | LITERALS, _larger_values, max_leaves=5)
ITEMS = st.builds("{} AS {}".format, VALUES, either("a", "b", "[c d]", "e", "f")) | either(
    "*", "c.*", "Born", "COUNT(*)"
)
LISTS = st.lists(ITEMS, min_size=1, max_size=3).map(", ".join)
TABLE_NAMES = either("Customers c", "[Newsletter Signups]", "_Sent s", "Ent.[Customers] c", "Nowhere")


def _larger_sources(sources: Text) -> Text:
    return st.one_of(
        st.builds("{} JOIN Orders o ON {} = 1".format, sources, COLUMNS),
        st.builds("(SELECT {} FROM {}) d".format, LISTS, sources),
        st.builds("(SELECT a FROM {} UNION ALL SELECT {} FROM {}) u".format, sources, VALUES, sources),
        st.builds("Customers c CROSS APPLY (SELECT {} FROM {}) x".format, LISTS, sources),
    )


SOURCES = st.recursive(TABLE_NAMES, _larger_sources, max_leaves=3)
SELECTS = st.builds("SELECT {}{} FROM {}".format, either("", "DISTINCT ", "TOP (5) PERCENT "), LISTS, SOURCES)


def share(part: float) -> settings:
    return settings(max_examples=max(1, int(TEXTS * part)), deadline=None, database=None)


@pytest.fixture(scope="module")
def reader() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.stop()


def read(sql: str) -> list[Problem]:
    """All problems; with an error among them if the text is refused. Runs in the process that may be killed."""
    try:
        statement = parse(sql, max_characters=LIMIT)
        return [*statement.warnings, *infer_columns(statement, TABLES, ["Newsletter Signups", "Other"]).problems]
    except SqlRefused as refused:
        return with_an_error(refused)


def with_an_error(refused: SqlRefused) -> list[Problem]:
    assert any(problem.severity == "error" for problem in refused.problems)
    return list(refused.problems)


def check(reader: Worker, sql: str) -> None:
    problems = reader.run(functools.partial(read, sql), seconds=KILLED_AFTER)
    lines = sql.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert [problem for problem in problems if not is_inside(problem, lines)] == []


def is_inside(problem: Problem, lines: list[str]) -> bool:
    return 1 <= problem.line <= len(lines) and 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@st.composite
def broken_selects(draw: st.DrawFn) -> str:
    """A SELECT with some of its words gone, doubled or put elsewhere."""
    words = draw(SELECTS).split(" ")
    for _ in range(draw(st.integers(1, 4))):
        place, other = draw(st.integers(0, len(words) - 1)), draw(st.integers(0, len(words) - 1))
        words[place] = draw(st.sampled_from(["", words[other], f"{words[place]} {words[other]}", *"(),['\""]))
    return " ".join(words)


@given(st.text(max_size=300))
@share(0.1)
def test_any_text(reader: Worker, text: str) -> None:
    check(reader, text)
    check(reader, "SELECT " + text)


@given(st.lists(st.sampled_from(ALL_WORDS), max_size=40))
@share(0.2)
def test_any_words(reader: Worker, words: list[str]) -> None:
    check(reader, "SELECT " + " ".join(words))


@given(
    st.recursive(
        st.lists(st.sampled_from(PLAIN_WORDS), max_size=8).map(" ".join),
        lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"a ({' '.join(parts)})"),
        max_leaves=6,
    )
)
@share(0.15)
def test_any_nesting_of_words(reader: Worker, text: str) -> None:
    check(reader, "SELECT " + text)
    check(reader, "SELECT a FROM Customers c WHERE " + text)


@given(SELECTS)
@share(0.15)
def test_any_select(reader: Worker, sql: str) -> None:
    check(reader, sql)


@given(broken_selects())
@share(0.2)
def test_any_broken_select(reader: Worker, sql: str) -> None:
    check(reader, sql)


@given(st.sampled_from(ALL_WORDS), st.sampled_from(ALL_WORDS), st.integers(1, 1000))
@share(0.05)
def test_any_repetition(reader: Worker, first: str, second: str, times: int) -> None:
    check(reader, "SELECT " + f"{first} {second} " * times)


FILLINGS = (
    "a, ",
    "(",
    "CASE WHEN ",
    "NOT ",
    "-",
    "[",
    "'",
    "JOIN t ON 1 = 1 ",
    "UNION ALL SELECT 1 ",
    "a.b + ",
    "x(",
    "/*",
)


@given(
    st.sampled_from(["SELECT ", "SELECT a FROM t ", "SELECT a FROM t WHERE ", "SELECT a FROM (SELECT "]),
    st.sampled_from(FILLINGS) | st.sampled_from(ALL_WORDS).map(lambda word: f"{word} "),
    st.sampled_from(["", "1", ") ", " END", "1 AS a FROM t"]),
    st.integers(1, LIMIT),
)
@share(0.01)
def test_the_longest_and_deepest_texts_end(start: str, filling: str, end: str, characters: int) -> None:
    """Whatever the parser's limits: an answer, or an error that says so."""
    times = max(1, (characters - len(start)) // (len(filling) + len(end)))
    sql = (start + filling * times + end * times)[:LIMIT]
    try:
        infer_bounded(parse_bounded(sql, max_characters=LIMIT), TABLES)
    except SqlRefused as refused:
        with_an_error(refused)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT " + "(" * 50_000 + "1" + ")" * 40_000, Code.UNBALANCED_PARENTHESIS),
        ("SELECT " + "(" * 49_000 + "1" + ")" * 49_000 + " AS a", Code.SQL_TOO_DEEP),
        ("SELECT " + "CASE WHEN 1 = 1 THEN " * 3_000 + "1" + " END" * 3_000 + " AS a", Code.SQL_TOO_DEEP),
        ("SELECT " + "NOT " * 20_000 + "1 AS a", Code.SQL_TOO_DEEP),
        ("SELECT 1 AS a" + " " * LIMIT, Code.SQL_TOO_LONG),
    ],
)
def test_a_limit_is_named(sql: str, code: Code) -> None:
    with pytest.raises(SqlRefused) as refused:
        parse_bounded(sql, max_characters=LIMIT, seconds=60)
    assert {problem.code for problem in refused.value.problems} == {code}
