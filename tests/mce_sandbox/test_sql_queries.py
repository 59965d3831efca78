"""Whole queries by the rows they give: blanks at the end, TOP, PIVOT, APPLY, VALUES, grouping, windows."""

import httpx
import pytest

from tests.mce_sandbox.client import Mce

QUERIES = [
    ("SELECT ISNULL(name, 'all') AS x FROM {t} GROUP BY name WITH ROLLUP", ["Anna", "Jürgen", "Zoë", "all"]),
    ("SELECT GROUPING(name) AS x FROM {t} GROUP BY ROLLUP(name)", ["0", "0", "0", "1"]),
    ("SELECT GROUPING_ID(name, flag) AS x FROM {t} WHERE n = 1 GROUP BY CUBE(name, flag)", ["0", "1", "2", "3"]),
    ("SELECT AVG(v) AS x FROM (SELECT 1.0 AS v UNION ALL SELECT 2.0 UNION ALL SELECT 2.0) q", ["1.666666"]),
    ("SELECT n AS x FROM {t} WHERE n = 1 UNION ALL SELECT '7'", ["1", "7"]),
    ("SELECT name AS x FROM {t} WHERE name NOT LIKE 'a%'", ["Jürgen", "Zoë"]),
    ("SELECT name AS x FROM {t} WHERE NOT name LIKE '[a-j]%'", ["Zoë"]),
    ("SELECT COUNT(DISTINCT name) AS x FROM {t}", ["3"]),
    ("SELECT DISTINCT LEN(name) AS x FROM {t}", ["3", "4", "6"]),
    ("SELECT COUNT(*) AS x FROM (SELECT DISTINCT name FROM {t}) q", ["3"]),
    ("SELECT COUNT(*) AS x FROM {t} GROUP BY name", ["1", "1", "2"]),
    ("SELECT COUNT(*) AS x FROM (SELECT name FROM {t} UNION SELECT 'anna') q", ["3"]),
    ("SELECT COUNT(*) AS x FROM (SELECT name FROM {t} EXCEPT SELECT 'anna') q", ["2"]),
    ("SELECT COUNT(*) AS x FROM (SELECT name FROM {t} INTERSECT SELECT 'anna') q", ["1"]),
    ("SELECT MAX(r) AS x FROM (SELECT ROW_NUMBER() OVER (PARTITION BY name ORDER BY n) AS r FROM {t}) q", ["2"]),
    ("SELECT r AS x FROM (SELECT RANK() OVER (ORDER BY name) AS r FROM {t}) q", ["1", "1", "3", "4"]),
    ("SELECT a.n AS x FROM {t} a JOIN {t} b ON a.name=b.name AND a.n<b.n", ["1"]),
    ("SELECT n AS x FROM {t} WHERE name IN (SELECT 'anna ')", ["1", "2"]),
    ("SELECT n AS x FROM {t} WHERE name NOT IN ('anna')", ["3", "4"]),
    ("SELECT TOP 2 n AS x FROM {t} ORDER BY n DESC", ["3", "4"]),
    ("SELECT TOP (1+1) n AS x FROM {t} ORDER BY n", ["1", "2"]),
    ("SELECT TOP (2) n AS x FROM {t}", ["1", "2"]),
    ("SELECT TOP 30 PERCENT n AS x FROM {t} ORDER BY n", ["1", "2"]),
    ("SELECT TOP (25.5) PERCENT n AS x FROM {t} ORDER BY n", ["1", "2"]),
    ("SELECT TOP 50 PERCENT WITH TIES name AS x FROM {t} ORDER BY name", ["ANNA ", "Anna"]),
    ("SELECT TOP 25 PERCENT WITH TIES name AS x FROM {t} ORDER BY name", ["ANNA ", "Anna"]),
    ("SELECT name AS x FROM (SELECT TOP 1 WITH TIES name FROM {t} ORDER BY name) q", ["ANNA ", "Anna"]),
    ("SELECT TOP 1 n AS x FROM {t} ORDER BY name, n DESC", ["2"]),
    ("SELECT n AS x FROM (SELECT TOP 1 n, name FROM {t} ORDER BY name, n DESC) q", ["2"]),
    ("SELECT n AS x FROM (SELECT TOP 1 n, UPPER(name) AS big FROM {t} ORDER BY big, n DESC) q", ["2"]),
    ("SELECT n AS x FROM (SELECT TOP 1 n, name AS n2 FROM {t} t2 ORDER BY t2.name, t2.n) q", ["1"]),
    ("SELECT TOP 0 n AS x FROM {t}", []),
    ("SELECT DISTINCT TOP 1 flag AS x FROM {t} ORDER BY flag DESC", ["1"]),
    (
        "SELECT TOP 1 WITH TIES n AS x FROM {t} ORDER BY ROW_NUMBER() OVER (PARTITION BY name ORDER BY n)",
        ["1", "3", "4"],
    ),
    ("SELECT TOP (SELECT MAX(n)-2 FROM {t}) n AS x FROM {t} ORDER BY n", ["1", "2"]),
    ("SELECT n AS x FROM {t} ORDER BY n OFFSET 3 ROWS", ["4"]),
    ("SELECT n AS x FROM {t} ORDER BY born OFFSET 0 ROWS FETCH FIRST 1 ROW ONLY", ["4"]),
    ("SELECT TOP 1 n AS x FROM {t} ORDER BY born DESC", ["1"]),
    ("SELECT n AS x FROM {t} WHERE name = 'ANNA' COLLATE Latin1_General_CS_AS", ["2"]),
    ("SELECT n AS x FROM {t} WHERE name COLLATE Latin1_General_BIN = UPPER(name)", ["2"]),
    ("SELECT n AS x FROM {t} ORDER BY name COLLATE Latin1_General_CS_AS OFFSET 0 ROWS", ["1", "2", "3", "4"]),
    ("SELECT SUM(amt) AS x FROM {t}", ["0.40"]),
    ("SELECT AVG(amt) AS x FROM {t}", ["0.133333"]),
    ("SELECT AVG(n) AS x FROM {t}", ["2"]),
    ("SELECT SUM(n)/COUNT(*) AS x FROM {t}", ["2"]),
    ("SELECT SUM(n)*1.0/COUNT(*) AS x FROM {t}", ["2.500000000000"]),
    ("SELECT MAX(name) AS x FROM {t}", ["Zoë"]),
    ("SELECT MIN(born) AS x FROM {t}", ["Jan  1 1970 12:00AM"]),
    ("SELECT SUM(CAST(flag AS INT)) AS x FROM {t}", ["3"]),
    ("SELECT COUNT(born) AS x FROM {t}", ["3"]),
    ("SELECT COUNT(*) AS x FROM {t} WHERE 1=2", ["0"]),
    ("SELECT SUM(n) AS x FROM {t} WHERE 1=2", [""]),
    ("SELECT n AS x FROM {t} WHERE flag = 1", ["1", "3", "4"]),
    ("SELECT n AS x FROM {t} WHERE flag = 'true'", ["1", "3", "4"]),
    ("SELECT n AS x FROM {t} WHERE born > 30000", ["1", "2"]),
    ("SELECT n AS x FROM {t} WHERE n = '2'", ["2"]),
    ("SELECT n AS x FROM {t} WHERE amt > '1'", ["1", "2"]),
    ("SELECT n AS x FROM {t} WHERE born BETWEEN '1/1/1980' AND '12/31/1989'", ["2"]),
    ("SELECT n AS x FROM {t} WHERE n IN ('1', 2)", ["1", "2"]),
    ("SELECT n AS x FROM {t} WHERE NOT name = 'anna'", ["3", "4"]),
    ("SELECT n AS x FROM {t} WHERE born <> NULL", []),
    ("SELECT n AS x FROM {t} WHERE n = ANY (SELECT 2)", ["2"]),
    ("SELECT n AS x FROM {t} WHERE n >= ALL (SELECT n FROM {t})", ["4"]),
    ("SELECT p.[1] AS x FROM (SELECT n, flag FROM {t}) s PIVOT (COUNT(n) FOR flag IN ([0],[1])) p", ["3"]),
    ("SELECT [Anna] AS x FROM (SELECT name, amt FROM {t}) s PIVOT (SUM(amt) FOR name IN ([Anna],[Zoë])) p", ["3.75"]),
    (
        "SELECT col + ':' + CAST(v AS VARCHAR(10)) AS x FROM (SELECT n, 10*n AS m FROM {t} WHERE n<3) s "
        "UNPIVOT (v FOR col IN (n, m)) u",
        ["m:10", "m:20", "n:1", "n:2"],
    ),
    ("SELECT o.v AS x FROM {t} a CROSS APPLY (SELECT a.n*10 AS v) o", ["10", "20", "30", "40"]),
    ("SELECT o.v AS x FROM {t} a CROSS APPLY (VALUES (a.n),(a.n*10)) o(v) WHERE a.n<2", ["1", "10"]),
    ("SELECT v.a AS x FROM (VALUES (1,'x'),(2,'y')) v(a,b) WHERE v.b='Y'", ["2"]),
    (
        "SELECT o.n AS x FROM {t} a OUTER APPLY (SELECT TOP 1 b.n FROM {t} b WHERE b.n>a.n ORDER BY b.n) o",
        ["", "2", "3", "4"],
    ),
    ("SELECT n AS x FROM {t} a WHERE EXISTS (SELECT * FROM {t} b WHERE b.n=a.n+1)", ["1", "2", "3"]),
    ("SELECT a.n AS x FROM {t} a FULL OUTER JOIN (SELECT 9 AS n) b ON a.n=b.n", ["", "1", "2", "3", "4"]),
    ("SELECT a.n AS x FROM {t} a RIGHT JOIN (SELECT 4 AS n UNION ALL SELECT 5) b ON a.n=b.n", ["", "4"]),
    ("SELECT COUNT(*) AS x FROM {t} a CROSS JOIN {t} b", ["16"]),
    ("SELECT LAG(n) OVER (ORDER BY n) AS x FROM {t}", ["", "1", "2", "3"]),
    ("SELECT LAG(n,1,0) OVER (ORDER BY n) AS x FROM {t}", ["0", "1", "2", "3"]),
    ("SELECT FIRST_VALUE(name) OVER (ORDER BY n) AS x FROM {t}", ["Anna", "Anna", "Anna", "Anna"]),
    ("SELECT SUM(n) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS x FROM {t}", ["1", "10", "3", "6"]),
    ("SELECT SUM(n) OVER () AS x FROM {t}", ["10", "10", "10", "10"]),
    ("SELECT NTILE(2) OVER (ORDER BY n) AS x FROM {t}", ["1", "1", "2", "2"]),
    ("SELECT PERCENT_RANK() OVER (ORDER BY n) AS x FROM {t} WHERE n<3", ["0", "1"]),
    ("SELECT COUNT(*) AS x FROM {t} GROUP BY CUBE(flag)", ["1", "3", "4"]),
    ("SELECT COUNT(*) AS x FROM {t} GROUP BY GROUPING SETS ((flag),())", ["1", "3", "4"]),
    ("SELECT GROUPING(flag) AS x FROM {t} GROUP BY ROLLUP(flag)", ["0", "0", "1"]),
    ("SELECT COUNT(*) AS x FROM {t} GROUP BY YEAR(born)", ["1", "1", "1", "1"]),
    ("SELECT YEAR(born) AS x FROM {t} GROUP BY YEAR(born) HAVING COUNT(*)=1 AND YEAR(born)>1980", ["1985", "1990"]),
    (
        "SELECT CASE WHEN n>2 THEN 'big' ELSE 'small' END AS x FROM {t} GROUP BY CASE WHEN n>2 THEN 'big' "
        "ELSE 'small' END",
        ["big", "small"],
    ),
    ("SELECT LEFT(name,1)+'x' AS x FROM {t} GROUP BY LEFT(name,1)+'x'", ["Ax", "Jx", "Zx"]),
    ("SELECT n AS x FROM {t} WHERE n > 1 AND n < 4 UNION ALL SELECT 9 ORDER BY x OFFSET 0 ROWS", ["2", "3", "9"]),
    ("SELECT TOP 1 x FROM (SELECT n AS x FROM {t} UNION SELECT 7) q ORDER BY x DESC", ["7"]),
    ("SELECT x FROM (SELECT TOP 2 n AS x FROM {t} ORDER BY n DESC) q", ["3", "4"]),
    ("SELECT x = n FROM {t} WHERE n=1", ["1"]),
    ("SELECT n x FROM {t} WHERE n=1", ["1"]),
    ("SELECT n 'x' FROM {t} WHERE n=1", ["1"]),
    ('SELECT n "x" FROM {t} WHERE n=1', ["1"]),
    ("SELECT STRING_AGG(name, ', ') WITHIN GROUP (ORDER BY n) AS x FROM {t}", ["Anna, ANNA , Jürgen, Zoë"]),
    ("SELECT COUNT(*) AS x FROM {t} WHERE name LIKE '%' + 'nn' + '%'", ["2"]),
    ("SELECT COUNT(*) OVER (PARTITION BY name) AS x FROM {t}", ["1", "1", "2", "2"]),
    ("SELECT ISNULL(name, n) AS x FROM {t} WHERE n=4", ["Zoë"]),
    ("SELECT name + CAST(n AS VARCHAR) AS x FROM {t} WHERE n=1", ["Anna1"]),
]


@pytest.fixture(scope="module")
def people(address: str) -> str:
    """Four rows: a name in two spellings, one with a blank at its end, and some NULLs."""
    with httpx.Client(base_url=address, timeout=30) as http:
        name, _ = Mce(http).seed(
            "n Number key, name Text(50), flag Boolean, born Date, amt Decimal(10,2)",
            [
                [1, "Anna", True, "1990-05-01", "1.25"],
                [2, "ANNA ", False, "1985-01-01", "2.50"],
                [3, "Jürgen", True, "1970-01-01", "-3.35"],
                [4, "Zoë", True, None, None],
            ],
        )
    return name


@pytest.mark.parametrize(("sql", "expected"), QUERIES, ids=[each[0] for each in QUERIES])
def test_a_query_has_sql_servers_rows(mce: Mce, people: str, sql: str, expected: list[str]) -> None:
    _, key = mce.seed("x Text(400)")
    assert mce.run(sql.format(t=f"[{people}]"), key)["ErrorMsg"] is None
    assert sorted(row["x"] for row in mce.rows(key)) == sorted(expected)


BROKEN = [
    (
        "SELECT name AS x FROM {t} WHERE n = 1 UNION ALL SELECT 5",
        "Conversion failed when converting the nvarchar value 'Anna' to data type int.",
    ),
    (
        "SELECT n AS x FROM {t} WHERE n = 'x'",
        "Conversion failed when converting the varchar value 'x' to data type int.",
    ),
    (
        "SELECT n AS x FROM {t} WHERE name = 5",
        "Conversion failed when converting the nvarchar value 'Anna' to data type int.",
    ),
    ("SELECT n AS x FROM {t} WHERE n/0 = 1", "Divide by zero error encountered."),
    (
        "SELECT name + n AS x FROM {t} WHERE n=1",
        "Conversion failed when converting the nvarchar value 'Anna' to data type int.",
    ),
]


@pytest.mark.parametrize(("sql", "message"), BROKEN, ids=[each[0] for each in BROKEN])
def test_a_query_breaks_off_in_sql_servers_words(mce: Mce, people: str, sql: str, message: str) -> None:
    _, key = mce.seed("x Text(400)")
    assert mce.run(sql.format(t=f"[{people}]"), key)["ErrorMsg"] == message
