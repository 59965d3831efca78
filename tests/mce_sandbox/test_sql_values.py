"""Each construct of T-SQL by the value it gives, run by a query and read from the rowset."""

import pytest

from tests.mce_sandbox.client import Mce

VALUES = [
    # Arithmetic
    ("7/2", "Number", "3"),
    ("-7/2", "Number", "-3"),
    ("7/2.0", "Decimal(18,6)", "3.500000"),
    ("1/3.0", "Decimal(18,8)", "0.33333300"),
    ("10 % 3", "Number", "1"),
    ("1/0", "Number", "Divide by zero error encountered."),
    ("'5' + 1", "Number", "6"),
    ("ROUND(2.567, 1)", "Decimal(18,2)", "2.60"),
    ("ROUND(2.567, 1, 1)", "Decimal(18,2)", "2.50"),
    ("FLOOR(2.7)", "Number", "2"),
    ("CEILING(2.1)", "Number", "3"),
    ("ABS(-3)", "Number", "3"),
    ("2.9", "Number", "2"),
    # Texts
    ("'a' + 'b'", "Text(50)", "ab"),
    ("'a' + NULL", "Text(50)", ""),
    ("LEFT('abc', 2) + 'x'", "Text(50)", "abx"),
    ("CONCAT('a', NULL, 1)", "Text(50)", "a1"),
    ("LEN('ab  ')", "Number", "2"),
    ("LEN(12345)", "Number", "5"),
    ("RIGHT('abc', 2)", "Text(50)", "bc"),
    ("SUBSTRING('abcdef', 2, 3)", "Text(50)", "bcd"),
    ("SUBSTRING('abc', 0, 2)", "Text(50)", "a"),
    ("REPLACE('aXbx', 'x', '-')", "Text(50)", "a-b-"),
    ("CHARINDEX('C', 'abcabc')", "Number", "3"),
    ("CHARINDEX('c', 'abcabc', 4)", "Number", "6"),
    ("PATINDEX('%[0-9]%', 'ab3')", "Number", "3"),
    ("PATINDEX('%x%', 'abc')", "Number", "0"),
    ("STUFF('abcdef', 2, 3, 'xx')", "Text(50)", "axxef"),
    ("UPPER('äöü')", "Text(50)", "ÄÖÜ"),
    ("LTRIM(RTRIM('  a '))", "Text(50)", "a"),
    ("REVERSE('abc')", "Text(50)", "cba"),
    ("LEN(NEWID())", "Number", "36"),
    # Comparisons
    ("CASE WHEN 'ü' = 'Ü ' THEN 'same' ELSE 'other' END", "Text(50)", "same"),
    ("CASE WHEN 'Bcd' LIKE '[A-C]%' THEN 1 ELSE 0 END", "Number", "1"),
    ("CASE WHEN 'abc' LIKE '[^a]%' THEN 1 ELSE 0 END", "Number", "0"),
    ("CASE WHEN '50%' LIKE '50[%]' THEN 1 ELSE 0 END", "Number", "1"),
    ("CASE WHEN '50%' LIKE '50!%' ESCAPE '!' THEN 1 ELSE 0 END", "Number", "1"),
    ("CASE WHEN 'ÜBER' LIKE 'üb%' THEN 1 ELSE 0 END", "Number", "1"),
    ("CASE WHEN 'a ' IN ('A', 'b') THEN 1 ELSE 0 END", "Number", "1"),
    ("CASE WHEN '10' > 9 THEN 1 ELSE 0 END", "Number", "1"),
    ("CASE WHEN CAST('1/5/2026' AS DATETIME) = '2026-01-05' THEN 1 ELSE 0 END", "Number", "1"),
    ("IIF(1 = 1, 'y', 'n')", "Text(50)", "y"),
    ("ISNULL(NULL, 'x')", "Text(50)", "x"),
    ("COALESCE(NULL, NULL, 3)", "Number", "3"),
    ("NULLIF(1, 1)", "Number", ""),
    ("CHOOSE(2, 'a', 'b')", "Text(50)", "b"),
    # Conversions
    ("CAST(2.7 AS INT)", "Number", "2"),
    ("CAST('' AS INT)", "Number", "0"),
    ("CAST('abc' AS INT)", "Number", "Conversion failed when converting the varchar value 'abc' to data type int."),
    ("'abc'", "Number", "Conversion failed when converting the varchar value 'abc' to data type int."),
    ("TRY_CAST('abc' AS INT)", "Number", ""),
    ("TRY_CONVERT(DATETIME, 'never')", "Date", ""),
    ("CAST(123.456 AS DECIMAL(10, 1))", "Text(50)", "123.5"),
    ("CAST('abcdef' AS VARCHAR(3))", "Text(50)", "abc"),
    ("CAST(REPLICATE('x', 40) AS VARCHAR)", "Text(50)", "x" * 30),
    ("CAST('true' AS BIT)", "Boolean", "True"),
    ("CAST(0 AS BIT)", "Boolean", "False"),
    ("CAST(CAST(1 AS BIT) AS VARCHAR(5))", "Text(50)", "1"),
    ("CONVERT(VARCHAR(10), CAST('2026-01-05 10:30' AS DATETIME), 120)", "Text(50)", "2026-01-05"),
    ("CONVERT(VARCHAR, CAST('2026-01-05 10:30' AS DATETIME), 101)", "Text(50)", "01/05/2026"),
    ("CONVERT(CHAR(8), CAST('2026-01-05 10:30' AS DATETIME), 112)", "Text(50)", "20260105"),
    ("CONVERT(VARCHAR(5), CAST('2026-01-05 10:30' AS DATETIME), 108)", "Text(50)", "10:30"),
    ("CAST(CAST('2026-01-05 10:30' AS DATETIME) AS VARCHAR)", "Text(50)", "Jan  5 2026 10:30AM"),
    ("CONVERT(DATETIME, '31.12.2025', 104)", "Date", "12/31/2025 12:00:00 AM"),
    ("CONVERT(DATE, '2026-01-05 10:30')", "Date", "1/5/2026 12:00:00 AM"),
    ("'never'", "Date", "Conversion failed when converting date and/or time from character string."),
    # Dates
    ("DATEDIFF(hour, GETDATE(), GETUTCDATE())", "Number", "6"),
    ("DATEADD(day, 1, '1/31/2026')", "Date", "2/1/2026 12:00:00 AM"),
    ("DATEADD(month, 1, '2026-01-31')", "Date", "2/28/2026 12:00:00 AM"),
    ("CAST('2026-01-05 18:00' AS DATETIME) + 1.5", "Date", "1/7/2026 6:00:00 AM"),
    ("DATEDIFF(day, '2026-01-01 23:00', '2026-01-02 01:00')", "Number", "1"),
    ("DATEDIFF(hour, '2026-01-01 10:59', '2026-01-01 11:00')", "Number", "1"),
    ("DATEDIFF(week, '2026-01-03', '2026-01-04')", "Number", "1"),
    ("DATEDIFF(week, '2026-01-04', '2026-01-10')", "Number", "0"),
    ("DATEDIFF(month, '2025-12-31', '2026-01-01')", "Number", "1"),
    ("DATEPART(weekday, '2026-01-05')", "Number", "2"),
    ("DATEPART(week, '2026-01-05')", "Number", "2"),
    ("DATEPART(quarter, '2026-05-05')", "Number", "2"),
    ("DATENAME(month, '2026-05-05')", "Text(50)", "May"),
    ("DATENAME(weekday, '2026-01-05')", "Text(50)", "Monday"),
    ("YEAR('2026-05-06') * 10000 + MONTH('2026-05-06') * 100 + DAY('2026-05-06')", "Number", "20260506"),
    ("EOMONTH('2026-02-03')", "Date", "2/28/2026 12:00:00 AM"),
    ("DATEFROMPARTS(2026, 2, 3)", "Date", "2/3/2026 12:00:00 AM"),
    ("FORMAT(CAST('2026-01-05 16:07' AS DATETIME), 'yyyy-MM-dd HH:mm')", "Text(50)", "2026-01-05 16:07"),
    ("FORMAT(1234.5, 'N2')", "Text(50)", "1,234.50"),
    ("FORMAT(7, '00000')", "Text(50)", "00007"),
    (
        "CAST('2026-07-01 04:00' AS DATETIME) AT TIME ZONE 'Central America Standard Time' "
        "AT TIME ZONE 'W. Europe Standard Time'",
        "Date",
        "7/1/2026 12:00:00 PM",
    ),
    ("CAST('2026-07-01 04:00' AS DATETIME) AT TIME ZONE 'UTC'", "Date", "7/1/2026 4:00:00 AM"),
]


@pytest.mark.parametrize(("expression", "field", "expected"), VALUES, ids=[each[0] for each in VALUES])
def test_an_expression_has_sql_servers_value(mce: Mce, expression: str, field: str, expected: str) -> None:
    assert mce.evaluate(expression, field) == expected


QUERIES = [
    ("SELECT AVG(n) AS x FROM {t}", ["2"]),
    ("SELECT AVG(n * 1.0) AS x FROM {t}", ["2.500000"]),
    ("SELECT SUM(n) AS x FROM {t} WHERE name = 'ANNA'", ["3"]),
    ("SELECT COUNT(DISTINCT name) AS x FROM {t}", ["3"]),
    ("SELECT name AS x FROM {t} WHERE name LIKE '[j-k]%'", ["Jürgen"]),
    ("SELECT TOP 1 name AS x FROM {t} ORDER BY n DESC", ["Zoë"]),
    ("SELECT TOP 50 PERCENT n AS x FROM {t} ORDER BY n", ["1", "2"]),
    ("SELECT TOP 1 WITH TIES name AS x FROM {t} ORDER BY name", ["ANNA", "Anna"]),
    ("SELECT n AS x FROM {t} ORDER BY n OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", ["2", "3"]),
    ("SELECT n AS x FROM {t} WHERE flag = 1 AND born >= '1/1/1990'", ["1"]),
    ("SELECT n AS x FROM {t} WHERE born IS NULL OR flag = 'false'", ["2", "4"]),
    ("SELECT MAX(n) AS x FROM {t} GROUP BY name HAVING COUNT(*) > 1", ["2"]),
    ("SELECT n AS x FROM {t} UNION SELECT n FROM {t}", ["1", "2", "3", "4"]),
    ("SELECT n AS x FROM {t} EXCEPT SELECT n FROM {t} WHERE n > 1", ["1"]),
    ("SELECT n AS x FROM {t} INTERSECT SELECT 2", ["2"]),
    ("SELECT a.n AS x FROM {t} a WHERE EXISTS (SELECT 1 FROM {t} b WHERE b.n = a.n + 3)", ["1"]),
    ("SELECT o.m AS x FROM {t} a CROSS APPLY (SELECT MAX(n) AS m FROM {t} b WHERE b.n < a.n) o WHERE a.n = 3", ["2"]),
    ("SELECT o.n AS x FROM {t} a OUTER APPLY (SELECT n FROM {t} b WHERE b.n > a.n + 2) o", ["", "", "", "4"]),
    (
        "SELECT r AS x FROM (SELECT ROW_NUMBER() OVER (PARTITION BY name ORDER BY n) AS r FROM {t}) q",
        ["1", "1", "1", "2"],
    ),
    ("SELECT h AS x FROM (SELECT n / 2 AS h FROM {t}) q WHERE h = 1", ["1", "1"]),
    ("SELECT STRING_AGG(n, ',') WITHIN GROUP (ORDER BY n DESC) AS x FROM {t}", ["4,3,2,1"]),
    ("SELECT s + '!' AS x FROM (SELECT LEFT(name, 1) AS s FROM {t} WHERE n = 1) q", ["A!"]),
    ("SELECT COUNT(*) AS x FROM {t} GROUP BY ROLLUP(flag)", ["1", "3", "4"]),
    ("SELECT [N] AS [x] FROM {t} WITH (NOLOCK) WHERE [NAME] = 'Zoë' -- a comment", ["4"]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), QUERIES, ids=[each[0] for each in QUERIES])
def test_a_query_has_sql_servers_rows(mce: Mce, people: str, sql: str, expected: list[str]) -> None:
    _, key = mce.seed("x Text(100)")
    assert mce.run(sql.format(t=f"[{people}]"), key)["ErrorMsg"] is None
    assert sorted(row["x"] for row in mce.rows(key)) == expected


@pytest.fixture
def people(mce: Mce) -> str:
    """Four rows: a name in two spellings, non-ASCII ones, a NULL."""
    name, _ = mce.seed(
        "n Number key, name Text(50), flag Boolean, born Date",
        [
            [1, "Anna", True, "1990-05-01"],
            [2, "ANNA", False, "1985-01-01"],
            [3, "Jürgen", True, "1970-01-01"],
            [4, "Zoë", True, None],
        ],
    )
    return name
