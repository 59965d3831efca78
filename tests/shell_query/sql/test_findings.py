"""Each finding with its place and its fix; what has none of them; and that an applied fix mends."""

import pytest

from shell_query.sql import Problem, SqlRefused, infer_columns, parse
from shell_query.sql.codes import WARNINGS, Code
from tests.shell_query.sql.cases import CASES, Case
from tests.shell_query.sql.test_infer import TABLES, table

KNOWN = {**TABLES, "consents": table("Consents", "Opt-In B, Notes T50"), "produkte 2024": table("Produkte 2024", "a N")}


def problems_of(sql: str) -> list[Problem]:
    try:
        statement = parse(sql, max_characters=100_000)
        inference = infer_columns(statement, KNOWN)
    except SqlRefused as refused:
        return list(refused.problems)
    return [*statement.warnings, *inference.problems]


def place(sql: str, problem: Problem) -> tuple[int, int]:
    """The marked characters, for a text of one line."""
    assert problem.line == 1
    return problem.column - 1, problem.column - 1 + problem.length


def mended(sql: str, problem: Problem) -> str | None:
    start, end = place(sql, problem)
    return None if problem.fix is None else sql[:start] + problem.fix + sql[end:]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_finding_has_its_place_and_its_fix(case: Case) -> None:
    problem = next(problem for problem in problems_of(case.sql) if problem.code == case.code)
    start, end = place(case.sql, problem)
    assert (case.sql[start:end], mended(case.sql, problem)) == (case.marked, case.mended)
    assert problem.severity == ("warning" if case.code in WARNINGS else "error")
    assert problem.message.endswith((".", "?"))


def test_every_finding_has_a_case() -> None:
    of_the_process_that_reads = {Code.SQL_BUSY, Code.SQL_TOO_COMPLEX}  # test_pool
    assert {case.code for case in CASES} | of_the_process_that_reads == set(Code)


def fixes() -> list[tuple[str, Problem]]:
    """Every fix that is offered for any of the queries here, also those beside the one that the case is about."""
    return [(case.sql, problem) for case in CASES for problem in problems_of(case.sql) if problem.fix is not None]


def test_an_applied_fix_takes_its_finding_away() -> None:
    kept = [
        (sql, problem.code, after)
        for sql, problem in fixes()
        if (after := mended(sql, problem)) and count(after, problem.code) >= count(sql, problem.code)
    ]
    assert kept == []


def count(sql: str, code: Code) -> int:
    return sum(1 for problem in problems_of(sql) if problem.code == code)


@pytest.mark.parametrize("case", [case for case in CASES if case.mended], ids=lambda case: case.id)
def test_a_mended_query_can_be_read(case: Case) -> None:
    assert case.mended is not None
    left = [problem for problem in problems_of(case.mended) if problem.severity == "error"]
    assert [problem.code for problem in left if not problem.is_from_metadata and problem.code is case.code] == []


@pytest.mark.parametrize(
    "sql",
    [
        # NOT IN over what has no NULL
        "SELECT Status FROM Orders WHERE CustomerId NOT IN (SELECT CustomerId FROM Customers WHERE CustomerId > 1 "
        "AND (CustomerId IS NOT NULL))",
        "SELECT Status FROM Orders WHERE CustomerId NOT IN (SELECT COUNT(*) AS n FROM Customers)",
        "SELECT Status FROM Orders WHERE CustomerId NOT IN (1, 2)",
        # ORDER BY of what is selected
        "SELECT DISTINCT TOP 5 Status AS s FROM Orders o ORDER BY o.Status, s, 1",
        "SELECT DISTINCT TOP 5 * FROM Orders ORDER BY Amount",
        "SELECT Status AS s FROM Orders UNION ALL SELECT Status FROM Orders ORDER BY s OFFSET 0 ROWS",
        "SELECT TOP 5 WITH TIES Status FROM Orders ORDER BY Amount",
        # a window where it may be
        "SELECT Status, SUM(COUNT(*)) OVER () AS n FROM Orders GROUP BY Status",
        "SELECT TOP 5 Status FROM Orders ORDER BY ROW_NUMBER() OVER (ORDER BY Amount)",
        "SELECT d.Status FROM (SELECT Status, ROW_NUMBER() OVER (ORDER BY Amount) AS n FROM Orders) d WHERE d.n = 1",
        # an aggregate where it may be
        "SELECT Status FROM Orders GROUP BY Status HAVING COUNT(*) > 1",
        "SELECT Status FROM Orders WHERE Amount > (SELECT AVG(Amount) AS a FROM Orders)",
        "SELECT Status, COUNT(*) OVER (PARTITION BY Status) AS n FROM Orders",
        # grouped, or needing no group
        "SELECT Status, YEAR(o.OrderedAt) AS y, COUNT(*) AS n FROM Orders o GROUP BY o.Status, YEAR(OrderedAt)",
        "SELECT 1 AS one, GETDATE() AS now, DATEADD(day, 1, MAX(OrderedAt)) AS d FROM Orders",
        "SELECT STRING_AGG(Status, ',') WITHIN GROUP (ORDER BY OrderId) AS a FROM Orders",
        "SELECT c.FirstName, (SELECT MAX(o.Amount) + c.CustomerId FROM Orders o) AS m FROM Customers c",
        "SELECT FirstName, (SELECT MAX(Amount) + Born FROM Orders) AS m FROM Customers",
        "SELECT c.Born, (SELECT o.OrderId FROM Orders o WHERE o.OrderId = MAX(c.CustomerId)) AS m FROM Customers c "
        "GROUP BY c.Born HAVING EXISTS (SELECT 1 FROM Orders o WHERE o.OrderId = MAX(c.CustomerId))",
        "SELECT x.m FROM Customers c CROSS APPLY (SELECT MAX(o.Amount) + c.CustomerId AS m FROM Orders o) x",
        "SELECT x.m FROM Customers c CROSS APPLY (SELECT MAX(Amount) + FirstName AS m FROM Orders o) x",
        "SELECT Status, CustomerId, COUNT(*) AS n FROM Orders GROUP BY Status, ROLLUP(CustomerId)",
        # the alias that ORDER BY sees, and a column that has an alias's name
        "SELECT TOP 5 Amount * 2 AS d FROM Orders ORDER BY d",
        "SELECT UPPER(Status) AS Status FROM Orders WHERE Status = 'x' GROUP BY Status",
        # each table by a name of its own
        "SELECT a.Status FROM Orders a JOIN Orders b ON a.OrderId = b.OrderId, Orders",
        "SELECT c.Region FROM Ent.Customers c",
        # names
        "SELECT FirstName Name FROM Customers",
        "SELECT c.Amount - c.Rate AS a FROM Orders c",
        "SELECT COUNT(*) AS n FROM Orders Customers",
        # comparisons of whole texts
        "SELECT Born FROM Customers WHERE CAST(Email AS NVARCHAR(MAX)) = Notes AND LEFT(Email, 3) = 'abc'",
        "SELECT Born FROM Customers WHERE CONVERT(VARCHAR(10), Born, 120) = '2024-01-01' AND Language = 'de-DE   '",
        "SELECT Born FROM Customers WHERE Email LIKE 'a%' AND ISNULL(Email, '') <> ''",
        # a date that is compared itself, and one that is no data view's
        "SELECT JobID FROM _Sent WHERE EventDate >= DATEADD(day, -30, GETDATE())",
        "SELECT YEAR(EventDate) AS y FROM _Sent",
        "SELECT Born FROM Customers WHERE YEAR(Born) = 1990",
        # limits
        "SELECT Status FROM Orders ORDER BY Status OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT [NOLOCK] FROM (SELECT 1 AS [NOLOCK]) a",
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(sql: str) -> None:
    expected = [Code.DISPUTED_FUNCTION] if "STRING_AGG" in sql else []
    assert [problem.code for problem in problems_of(sql)] == expected


def test_a_table_that_is_not_read_may_be_the_one_that_is_meant() -> None:
    statement = parse("SELECT Status FROM Oders", max_characters=1000)
    for names, fix in (([], None), (["Orders", "Other"], "Orders")):
        assert [problem.fix for problem in infer_columns(statement, {}, names).problems] == [fix]


def test_the_nearest_name_is_looked_for_some_times_only() -> None:
    columns = problems_of(
        "SELECT " + ", ".join(f"Born{number} AS a{number}" for number in range(30)) + " FROM Customers"
    )
    calls = problems_of("SELECT " + ", ".join(f"YEARS(1) AS a{number}" for number in range(30)))
    for problems in (columns, calls):
        assert (len(problems), sum(1 for problem in problems if problem.fix)) == (30, 20)


def test_a_required_column_is_not_nullable() -> None:
    required = {"keys": table("Keys", "Id N")}
    field = required["keys"].fields[0]
    keys = {"keys": type(required["keys"])("Keys", (type(field)(field.name, field.type, nullable=False),))}
    sql = "SELECT 1 AS a WHERE 1 NOT IN (SELECT k.Id FROM Keys k{})"
    for join, codes in (("", []), (" RIGHT JOIN (SELECT 1 AS b) x ON x.b = k.Id", [Code.NOT_IN_NULLABLE])):
        found = infer_columns(parse(sql.format(join), max_characters=1000), keys)
        assert [problem.code for problem in found.problems] == codes


def test_no_message_holds_a_literal() -> None:
    sql = "SELECT Born FROM Customers WHERE Language = 'secretsecret' AND Email LIKE '%secret'"
    assert [problem for problem in problems_of(sql) if "secret" in problem.message] == []
