"""Whatever the text: a statement or SqlRefused, and places that lie inside the text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shell_query.sql import Problem, SqlRefused, infer_columns, parse
from tests.shell_query.sql.test_infer import TABLES

_PLAIN = """
    SELECT FROM WHERE GROUP BY ORDER HAVING UNION ALL EXCEPT INTERSECT DISTINCT TOP JOIN LEFT OUTER CROSS
    APPLY ON AS IN NOT NULL IS LIKE BETWEEN AND OR EXISTS CASE WHEN THEN ELSE END CAST CONVERT TRIM OVER
    PARTITION ROWS PIVOT UNPIVOT FOR VALUES OFFSET FETCH NEXT ONLY IF ANY COLLATE ESCAPE INT VARCHAR DECIMAL
    DATE ROLLUP WITHIN AT TIME ZONE ARRAY INTERVAL LATERAL UNNEST TABLESAMPLE WINDOW QUALIFY MATCH_RECOGNIZE
    OPTION XML USING DEFAULT TABLE COMMENT BEGIN Customers Orders FirstName Amount CustomerId _Sent Ent c o a
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


def check(sql: str) -> None:
    try:
        statement = parse(sql, max_characters=100_000)
        problems = [*statement.warnings, *infer_columns(statement, TABLES).problems]
    except SqlRefused as refused:
        problems = list(refused.problems)
        assert any(problem.severity == "error" for problem in problems)
    lines = sql.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert [problem for problem in problems if not is_inside(problem, lines)] == []


def is_inside(problem: Problem, lines: list[str]) -> bool:
    return 1 <= problem.line <= len(lines) and 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text(text: str) -> None:
    check(text)
    check("SELECT " + text)


@given(st.lists(st.sampled_from(ALL_WORDS), max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_words(words: list[str]) -> None:
    check("SELECT " + " ".join(words))


@given(
    st.recursive(
        st.lists(st.sampled_from(PLAIN_WORDS), max_size=8).map(" ".join),
        lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"a ({' '.join(parts)})"),
        max_leaves=6,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_nesting_of_words(text: str) -> None:
    check("SELECT " + text)
    check("SELECT a FROM Customers c WHERE " + text)


@given(SELECTS)
@settings(max_examples=150, deadline=None)
def test_any_select(sql: str) -> None:
    check(sql)


@given(st.sampled_from(ALL_WORDS), st.sampled_from(ALL_WORDS), st.integers(1, 1000))
@settings(max_examples=50, deadline=None)
def test_any_repetition(first: str, second: str, times: int) -> None:
    check("SELECT " + f"{first} {second} " * times)
