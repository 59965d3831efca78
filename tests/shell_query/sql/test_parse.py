import pickle

import pytest

from shell_query.sql import OrderColumn, SqlRefused, Statement, parse

LIMIT = 100_000


def statement(sql: str) -> Statement:
    return parse(sql, max_characters=LIMIT)


def refusal(sql: str) -> SqlRefused:
    with pytest.raises(SqlRefused) as refused:
        parse(sql, max_characters=LIMIT)
    return refused.value


@pytest.mark.parametrize(
    ("sql", "code", "marked"),
    [
        ("", "empty", ""),
        ("  -- only a comment", "empty", ""),
        ("FROM t", "not_a_select", "FROM"),
        ("(SELECT a FROM t)", "not_a_select", "("),
        ("DELETE FROM t", "not_a_select", "DELETE"),
        ("SELECT", "not_understood", "SELECT"),
        ("SELECT a b c FROM t", "not_understood", "c"),
        ("SELECT a FROM t WHERE", "not_understood", None),
        ("SELECT a || b AS c FROM t", "not_understood", "|"),
        ("SELECT a FROM t WHERE a ILIKE 'x'", "not_understood", "ILIKE"),
        ("SELECT a FROM t WHERE a REGEXP 'x'", "not_understood", "REGEXP"),
        ("SELECT a FROM t;", "trailing_semicolon", ";"),
        ("SELECT a FROM t; SELECT b FROM u", "several_statements", ";"),
        ("SELECT a FROM t SELECT b FROM u", "several_statements", "SELECT"),
        ("SELECT a FROM t UPDATE u", "reserved_word", "UPDATE"),
        ("WITH x AS (SELECT 1 a) SELECT a FROM x", "cte", "WITH"),
        ("SELECT a FROM (WITH x AS (SELECT 1 a) SELECT a FROM x) y", "cte", "WITH"),
        ("SELECT a INTO u FROM t", "select_into", "INTO u"),
        ("DECLARE @a INT", "variable", "DECLARE"),
        ("SELECT a FROM t WHERE b = @b", "variable", "@b"),
        ("SELECT a FROM #t", "temporary_table", "#t"),
        ("EXEC p", "exec", "EXEC"),
        ("SELECT a FROM t EXEC p", "exec", "EXEC"),
        ("SELECT a FROM t LIMIT 5", "limit", "LIMIT 5"),
        ("SELECT (a FROM t", "unbalanced_parenthesis", "("),
        ("SELECT a) FROM t", "unbalanced_parenthesis", ")"),
        ("SELECT [a FROM t", "unbalanced_bracket", "[a"),
        ("SELECT a] FROM t", "unbalanced_bracket", "]"),
        ("SELECT 'a FROM t", "unbalanced_quote", "'"),
        ('SELECT "a FROM t', "unbalanced_quote", '"'),
        ("SELECT a /* FROM t", "unclosed_comment", "/*"),
        ("SELECT a FROM t WHERE b = \u2018x\u2019", "unexpected_character", "\u2018"),
        ("SELECT {{ a }} FROM t", "unexpected_character", "{"),
        ("SELECT t.a FROM t JOIN u WHERE 1 = 1", "join_without_on", "JOIN"),
        ("SELECT t.a FROM t JOIN (SELECT b FROM u JOIN v) x ON x.b = t.a", "join_without_on", "JOIN"),
        ("SELECT t.a FROM t " + " ".join(f"JOIN u{n}" for n in range(100)), "join_without_on", "JOIN"),
        ("SELECT a,,b FROM t", "stray_comma", ","),
        ("SELECT a, FROM t", "stray_comma", ","),
        ("SELECT ,a FROM t", "stray_comma", ","),
        ("SELECT a FROM t WHERE b IN (1,)", "stray_comma", ","),
        ("SELECT a FROM t WHERE b IN ()", "empty_in", "IN ()"),
        ("SELECT a FROM t ORDER BY a", "order_by_without_top", "ORDER BY a"),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a) x", "order_by_without_top", "ORDER BY a"),
        ("SELECT COUNT(*) FROM t", "unnamed_column", "COUNT(*)"),
        ("SELECT a FROM (SELECT MAX(b) FROM t) x", "unnamed_column", None),
        ("SELECT a, A FROM t", "duplicate_column", "A"),
        ("SELECT q.a FROM (SELECT a, a FROM t) q", "duplicate_column", "a"),
        ("SELECT a AS [] FROM t", "column_name", "a AS []"),
        ("SELECT value v FROM STRING_SPLIT('a', ',')", "missing_function", "STRING_SPLIT"),
        ("SELECT JSON_VALUE(a, '$.b') b FROM t", "missing_function", "JSON_VALUE"),
        ("SELECT NOW() n", "missing_function", "NOW"),
    ],
)
def test_refuses_and_says_where(sql: str, code: str, marked: str | None) -> None:
    problem = refusal(sql).problems[0]
    assert problem.code == code
    line = sql.split("\n")[problem.line - 1]
    if marked is not None:
        assert line[problem.column - 1 : problem.column - 1 + problem.length] == marked


def test_the_place_is_counted_in_lines() -> None:
    problem = refusal("SELECT a\r\nFROM t\n  WHERE b = @b").problems[0]
    assert (problem.line, problem.column, problem.length) == (3, 13, 2)


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        ("SELECT a\n\tb c\nFROM t", 2, 4),
        ("SELECT a\r\n  b\r\n  cc\r\nFROM t", 3, 3),
        ("SELECT a\rb\rc FROM t", 3, 1),
        ("SELECT a -- \U0001f600\n/* two\nlines */ b c FROM t", 3, 12),
        ("SELECT '\U0001f600\n' a,\n  a b c FROM t", 3, 7),
    ],
)
def test_what_cannot_be_read_is_shown_in_its_line(sql: str, line: int, column: int) -> None:
    problem = refusal(sql).problems[0]
    assert (problem.code, problem.line, problem.column) == ("not_understood", line, column)
    assert problem.message.startswith("The query cannot be read from 'c")


def test_all_problems_come_at_once() -> None:
    codes = [problem.code for problem in refusal("SELECT a,,b INTO u FROM t WHERE c IN ();").problems]
    assert codes == ["stray_comma", "select_into", "empty_in", "trailing_semicolon"]


@pytest.mark.parametrize(
    ("sql", "mended"),
    [
        ("SELECT a FROM t;", "SELECT a FROM t"),
        ("SELECT a,,b FROM t", "SELECT a,b FROM t"),
        ("SELECT COUNT(*) FROM t", "SELECT COUNT(*) AS Column1 FROM t"),
        ("SELECT TOP (5) LEN(a + 'x') FROM t", "SELECT TOP (5) LEN(a + 'x') AS Column1 FROM t"),
        ("SELECT Id, c.Id FROM t c", "SELECT Id, c.Id AS c_Id FROM t c"),
        ("SELECT LENGTH(a) n FROM t", "SELECT LEN(a) n FROM t"),
    ],
)
def test_a_fix_replaces_what_is_marked(sql: str, mended: str) -> None:
    problem = refusal(sql).problems[0]
    start = problem.column - 1
    assert sql[:start] + str(problem.fix) + sql[start + problem.length :] == mended
    statement(mended)


def test_messages_hold_no_literals() -> None:
    refused = refusal("SELECT a FROM t WHERE b = 'secret' 5")
    assert "secret" not in str(refused)
    assert "secret" not in repr(statement("SELECT a FROM t WHERE b = 'secret'"))


def test_too_long() -> None:
    with pytest.raises(SqlRefused) as refused:
        parse("SELECT a FROM t", max_characters=14)
    assert refused.value.problems[0].code == "sql_too_long"


def test_problems_are_few() -> None:
    assert len(refusal("SELECT a FROM t WHERE " + "@a + " * 5000).problems) == 100


def test_disputed_functions_warn() -> None:
    warnings = statement("SELECT TRY_CAST(a AS INT) b FROM t").warnings
    assert [(problem.code, problem.severity) for problem in warnings] == [("disputed_function", "warning")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE [Update] = 1 AND t.[Into] = 2",
        "SELECT 1 AS a",
        "SELECT DISTINCT TOP 10 PERCENT a FROM t ORDER BY a",
        "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT a, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) r FROM t",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.b)",
        "SELECT a FROM t UNION ALL SELECT b FROM u EXCEPT SELECT c FROM v",
        "SELECT a /* a /* nested */ comment */ FROM t -- {{ and } here",
        "SELECT\u00a0a FROM t",
        "SELECT COUNT(*) AS n, a FROM t GROUP BY ROLLUP(a)",
        "SELECT x = a FROM t WHERE a LIKE '[A-C]%'",
        "SELECT Lateral, Qualify, Using, Limit, Window FROM t GROUP BY Lateral, Qualify, Using, Limit, Window",
        "SELECT a FROM t WHERE a !< 5 AND a !> 7",
        "SELECT a FROM t AS v(a) CROSS APPLY (SELECT TOP 1 b FROM u WHERE u.a = v.a ORDER BY b) w",
        "SELECT t.a FROM t CROSS JOIN u LEFT JOIN v JOIN w ON w.a = v.a ON v.a = t.a JOIN (x JOIN y ON 1 = 1) ON 1 = 1",
        "SELECT \u00fcber FROM [Bestellungen f\u00fcr M\u00fcnchen]",
    ],
)
def test_takes(sql: str) -> None:
    assert statement(sql).warnings == ()


def test_tables_are_named_once_without_brackets_and_aliases() -> None:
    found = statement(
        "SELECT o.a FROM [My Orders] o JOIN _Sent s ON s.a = o.a JOIN (SELECT a FROM [my orders]) d ON 1 = 1 "
        "WHERE o.b IN (SELECT b FROM Ent.[Shared])"
    ).tables
    assert [(table.name, table.enterprise, table.column) for table in found] == [
        ("My Orders", False, 17),
        ("_Sent", False, 36),
        ("Shared", True, 133),
    ]


@pytest.mark.parametrize(
    ("sql", "order"),
    [
        ("SELECT a FROM t", []),
        ("SELECT TOP 5 a, b x FROM t ORDER BY B DESC, a", [("x", "descending"), ("a", "ascending")]),
        ("SELECT TOP 5 a AS n FROM t ORDER BY t.a", [("n", "ascending")]),
        ("SELECT TOP 5 a, b FROM t ORDER BY 2", [("b", "ascending")]),
        ("SELECT TOP 5 * FROM t ORDER BY a", [("a", "ascending")]),
        ("SELECT TOP 5 a FROM t ORDER BY LEN(a)", []),
        ("SELECT TOP 5 a FROM t ORDER BY a, c", [("a", "ascending")]),
        ("SELECT a FROM (SELECT TOP 5 a FROM t ORDER BY a) x", []),
        ("SELECT a FROM t UNION SELECT b FROM u ORDER BY a OFFSET 0 ROWS", [("a", "ascending")]),
    ],
)
def test_order_by_what_comes_out(sql: str, order: list[tuple[str, str]]) -> None:
    assert list(statement(sql).order_by) == [OrderColumn(*term) for term in order]  # type: ignore[arg-type]


def test_normalized_folds_what_does_not_matter() -> None:
    one = statement("select  Count(*) AS n\nFROM t -- how many\nwhere a='x  y'")
    assert one.normalized == statement("SELECT COUNT (*) as n from t WHERE a = 'x  y'").normalized
    assert one.normalized != statement("SELECT COUNT(*) AS n FROM t WHERE a = 'x y'").normalized
    assert one.normalized != statement("SELECT COUNT(*) AS N FROM t WHERE a = 'x  y'").normalized


def test_a_statement_travels_between_processes() -> None:
    sent = statement("SELECT a FROM t")
    assert pickle.loads(pickle.dumps(sent)) == sent
