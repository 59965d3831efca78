"""A table of SELECTs and the columns that come out."""

import pytest

from shell_query.sql import Field, FieldType, Inference, TableSchema, infer_columns, parse
from shell_query.sql.data_views import DATA_VIEWS

_KINDS = {
    "T": FieldType.TEXT,
    "N": FieldType.NUMBER,
    "D": FieldType.DATE,
    "B": FieldType.BOOLEAN,
    "E": FieldType.EMAIL_ADDRESS,
    "P": FieldType.PHONE,
    "L": FieldType.LOCALE,
    "X": FieldType.DECIMAL,
}


def field(written: str) -> Field:
    """`Name T50`, `Amount X18.2`, `When D`."""
    name, _, kind = written.rpartition(" ")
    length, _, scale = kind[1:].partition(".")
    return Field(name, _KINDS[kind[0]], int(length) if length else None, int(scale) if scale else None)


def fields(written: str) -> tuple[Field, ...]:
    return tuple(field(part.strip()) for part in written.split(",")) if written else ()


def table(name: str, columns: str) -> TableSchema:
    return TableSchema(name, fields(columns))


TABLES = {
    "customers": table(
        "Customers",
        "CustomerId N, FirstName T50, LastName T80, Email E254, Mobile P50, Language L5, Born D, Active B, Notes T",
    ),
    "orders": table("Orders", "OrderId N, CustomerId N, Amount X18.2, Rate X5.4, OrderedAt D, Status T20"),
    "newsletter signups": table("Newsletter Signups", "Signup Id N, Quelle T30"),
    "ent.customers": table("Customers", "CustomerId N, Region T10"),
}


def infer(sql: str) -> Inference:
    return infer_columns(parse(sql, max_characters=100_000), TABLES)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        # plain columns, their spelling the reader's own
        ("SELECT firstname, o.AMOUNT FROM Customers c JOIN Orders o ON 1 = 1", "firstname T50, AMOUNT X18.2"),
        ("SELECT Email, Mobile, Language FROM Customers", "Email E254, Mobile P50, Language L5"),
        ("SELECT Notes FROM CUSTOMERS", "Notes T4000"),
        ("SELECT [Signup Id] FROM [Newsletter Signups]", "Signup Id N"),
        ('SELECT "Signup Id" AS [a b] FROM [Newsletter Signups]', "a b N"),
        ("SELECT Customers.FirstName FROM Customers", "FirstName T50"),
        ("SELECT x = FirstName FROM Customers", "x T50"),
        ("SELECT Region FROM Ent.Customers", "Region T10"),
        ("SELECT Status FROM Ent.Orders", "Status T20"),
        # stars
        ("SELECT * FROM Orders", "OrderId N, CustomerId N, Amount X18.2, Rate X5.4, OrderedAt D, Status T20"),
        ("SELECT s.*, o.OrderId FROM [Newsletter Signups] s, Orders o", "Signup Id N, Quelle T30, OrderId N"),
        ("SELECT * FROM (SELECT FirstName f, Born FROM Customers) x", "f T50, Born D"),
        ("SELECT * FROM (SELECT * FROM [Newsletter Signups]) x", "Signup Id N, Quelle T30"),
        ("SELECT * FROM (SELECT FirstName, 1 AS n FROM Customers) x(a, b)", "a T50, b N"),
        ("SELECT * FROM (VALUES (1, 'ab'), (3000000000, 'abc')) v(a, b)", "a X10.0, b T3"),
        # joins, also in parentheses, and APPLY
        (
            "SELECT a.FirstName, b.Status FROM (Customers a JOIN Orders b ON a.CustomerId = b.CustomerId)",
            "FirstName T50, Status T20",
        ),
        (
            "SELECT c.FirstName, w.m FROM Customers c CROSS APPLY "
            "(SELECT MAX(o.Amount) m FROM Orders o WHERE o.CustomerId = c.CustomerId) w",
            "FirstName T50, m X18.2",
        ),
        (
            "SELECT v.k, v.w FROM Customers c CROSS APPLY (VALUES ('Notes', c.Notes), ('Id', c.FirstName)) v(k, w)",
            "k T5, w T4000",
        ),
        ("SELECT v.n FROM Customers c CROSS APPLY (SELECT COUNT(*) FROM Orders) v(n)", "n N"),
        # the rows of FOR XML are one text, however long
        (
            "SELECT STUFF((SELECT ',' + Status FROM Orders ORDER BY Status FOR XML PATH('')), 1, 1, '') a",
            "a T4000",
        ),
        (
            "SELECT v.s, LEFT(v.s, 9) b FROM Customers c CROSS APPLY "
            "(SELECT ',' + o.Status FROM Orders o WHERE o.CustomerId = c.CustomerId FOR XML PATH('')) v(s)",
            "s T4000, b T9",
        ),
        (
            "SELECT STUFF((SELECT Status FROM Orders FOR XML PATH(''), TYPE).value('.', 'NVARCHAR(MAX)'), 1, 1, '') a, "
            "(SELECT Status FROM Orders FOR XML PATH(''), TYPE).value('(./text())[1]', 'varchar (90)') b, "
            "(SELECT OrderId FROM Orders FOR XML PATH(''), TYPE).value('.', 'int') c",
            "a T4000, b T90, c N",
        ),
        # literals
        (
            "SELECT 1 a, -1 b, 3000000000 c, 1.50 d, 1e3 e, 'abc' f, N'' g, NULL h",
            "a N, b N, c X10.0, d X3.2, e X29.8, f T3, g T1, h T254",
        ),
        ("SELECT 2147483647 a, -2147483648 b, 2147483648 c", "a N, b N, c X10.0"),
        # arithmetic
        ("SELECT OrderId + 1 a, OrderId / 2 b, OrderId % 2 c, OrderId & 1 d FROM Orders", "a N, b N, c N, d N"),
        ("SELECT Amount + 1 a, Amount * Rate b, Amount / 3 c FROM Orders", "a X19.2, b X24.6, c X29.8"),
        ("SELECT (Amount - Rate) * 2 a, -Amount b FROM Orders", "a X29.4, b X18.2"),
        ("SELECT OrderedAt + 1 a, OrderedAt - OrderedAt b FROM Orders", "a D, b D"),
        ("SELECT OrderId + '1' a FROM Orders", "a N"),
        # texts
        ("SELECT FirstName + ' ' + LastName a FROM Customers", "a T131"),
        (
            "SELECT CONCAT(FirstName, ' ', CustomerId) a, CONCAT_WS(', ', FirstName, LastName) b FROM Customers",
            "a T62, b T132",
        ),
        (
            "SELECT LEFT(FirstName, 3) a, RIGHT(FirstName, 99) b, LEFT(FirstName, CustomerId) c FROM Customers",
            "a T3, b T50, c T50",
        ),
        (
            "SELECT SUBSTRING(FirstName, 2, 10) a, UPPER(Email) b, TRIM(LastName) c FROM Customers",
            "a T10, b T254, c T80",
        ),
        ("SELECT REPLACE(FirstName, 'ab', 'xyz') a, REPLACE(FirstName, ' ', '') b FROM Customers", "a T75, b T50"),
        ("SELECT STUFF(FirstName, 1, 0, 'abc') a, REPLICATE('ab', 3) b FROM Customers", "a T53, b T6"),
        ("SELECT LEN(FirstName) a, CHARINDEX('a', FirstName) b, NEWID() c FROM Customers", "a N, b N, c T36"),
        ("SELECT FORMAT(Born, 'yyyy') a, DATENAME(month, Born) b FROM Customers", "a T4000, b T30"),
        # dates
        (
            "SELECT GETDATE() a, DATEADD(day, 1, Born) b, DATEDIFF(day, Born, GETDATE()) c FROM Customers",
            "a D, b D, c N",
        ),
        ("SELECT YEAR(Born) a, DATEPART(dw, Born) b, EOMONTH(Born) c FROM Customers", "a N, b N, c D"),
        ("SELECT Born AT TIME ZONE 'UTC' AT TIME ZONE 'Central Standard Time' AS a FROM Customers", "a D"),
        # choice
        ("SELECT CASE WHEN Active = 1 THEN 'yes' ELSE 'perhaps' END a FROM Customers", "a T7"),
        ("SELECT CASE Status WHEN 'x' THEN 1 WHEN 'y' THEN Amount END a FROM Orders", "a X18.2"),
        (
            "SELECT CASE WHEN 1 = 1 THEN FirstName ELSE NULL END a, IIF(1 = 1, NULL, Born) b FROM Customers",
            "a T50, b D",
        ),
        ("SELECT COALESCE(FirstName, LastName, '') a, COALESCE(Born, '') b FROM Customers", "a T80, b D"),
        (
            "SELECT ISNULL(FirstName, LastName) a, ISNULL(CustomerId, 0) b, ISNULL(Born, '') c FROM Customers",
            "a T80, b N, c D",
        ),
        (
            "SELECT CASE WHEN 1 = 1 THEN CustomerId ELSE FirstName END a, NULLIF(FirstName, '') b FROM Customers",
            "a T50, b T50",
        ),
        (
            "SELECT COALESCE(Email, '') a, CASE WHEN 1 = 1 THEN Mobile END b, LOWER(Email) c FROM Customers",
            "a T254, b T50, c T254",
        ),
        # casts
        (
            "SELECT CAST(OrderId AS VARCHAR(9)) a, CAST(Rate AS NVARCHAR) b, CAST('1' AS NVARCHAR(MAX)) c FROM Orders",
            "a T9, b T30, c T4000",
        ),
        (
            "SELECT CAST('1' AS INT) a, CAST('1' AS BIGINT) b, CAST('1' AS BIT) c, CAST('1' AS TINYINT) d",
            "a N, b X19.0, c B, d N",
        ),
        (
            "SELECT CAST(1 AS DECIMAL(10, 3)) a, CAST(1 AS NUMERIC) b, CAST(1 AS DECIMAL(38, 10)) c",
            "a X10.3, b X18.0, c X29.8",
        ),
        (
            "SELECT CAST(1 AS MONEY) a, CAST(1 AS FLOAT) b, CAST('x' AS DATE) c, CAST('x' AS DATETIME) d",
            "a X19.4, b X29.8, c D, d D",
        ),
        (
            "SELECT CONVERT(VARCHAR(10), Born, 120) a, CONVERT(DATE, Born) b, CONVERT(CHAR(8), Born) c FROM Customers",
            "a T10, b D, c T8",
        ),
        (
            "SELECT PARSE(Status AS DATE USING 'de-DE') a, TRY_PARSE(Status AS DECIMAL(9, 2)) b, "
            "TRY_PARSE(Status + 'x' AS INT USING 'en-US') c FROM Orders",
            "a D, b X9.2, c N",
        ),
        (
            "SELECT TRY_CAST('1' AS INT) a, TRY_CONVERT(DECIMAL(9, 2), '1') b, CAST(NEWID() AS UNIQUEIDENTIFIER) c",
            "a N, b X9.2, c T36",
        ),
        # aggregates and windows
        ("SELECT COUNT(*) a, COUNT(DISTINCT Status) b, COUNT_BIG(*) c FROM Orders", "a N, b N, c X19.0"),
        (
            "SELECT SUM(OrderId) a, SUM(Amount) b, AVG(OrderId) c, AVG(Amount) d FROM Orders",
            "a X29.0, b X29.2, c N, d X29.6",
        ),
        ("SELECT MIN(Status) a, MAX(OrderedAt) b, SUM(Amount) * 1.1 c FROM Orders", "a T20, b D, c X29.3"),
        ("SELECT STRING_AGG(Status, ',') WITHIN GROUP (ORDER BY Status) a FROM Orders", "a T4000"),
        (
            "SELECT ROW_NUMBER() OVER (PARTITION BY Status ORDER BY OrderId) a, SUM(Amount) OVER () b FROM Orders",
            "a N, b X29.2",
        ),
        ("SELECT LAG(Status, 1, 'none') OVER (ORDER BY OrderId) a FROM Orders", "a T20"),
        # queries in queries
        ("SELECT (SELECT MAX(Amount) FROM Orders o WHERE o.CustomerId = c.CustomerId) a FROM Customers c", "a X18.2"),
        ("SELECT x.a FROM (SELECT y.b + 'c' AS a FROM (SELECT Status b FROM Orders) y) x", "a T21"),
        # unions hold every branch
        ("SELECT FirstName a FROM Customers UNION SELECT LastName FROM Customers", "a T80"),
        ("SELECT OrderId a FROM Orders UNION ALL SELECT Amount FROM Orders UNION ALL SELECT 1", "a X18.2"),
        ("SELECT OrderId a FROM Orders UNION ALL SELECT Status FROM Orders", "a T20"),
        ("SELECT NULL a UNION ALL SELECT OrderedAt FROM Orders", "a D"),
        ("SELECT Email a FROM Customers UNION SELECT Email FROM Customers", "a E254"),
        ("SELECT Email a FROM Customers UNION SELECT FirstName FROM Customers", "a T254"),
        # pivots
        (
            "SELECT * FROM (SELECT CustomerId, Status, Amount FROM Orders) s "
            "PIVOT (SUM(Amount) FOR Status IN ([new], [paid])) p",
            "CustomerId N, new X29.2, paid X29.2",
        ),
        (
            "SELECT CustomerId, v, n FROM (SELECT CustomerId, FirstName, LastName FROM Customers) s "
            "UNPIVOT (v FOR n IN (FirstName, LastName)) u",
            "CustomerId N, v T80, n T128",
        ),
        # data views: an address column of theirs was never checked as a data extension's is
        (
            "SELECT SubscriberKey, EmailAddress, DateJoined, Locale FROM _Subscribers",
            "SubscriberKey T254, EmailAddress T254, DateJoined D, Locale T4000",
        ),
        ("SELECT LinkName, IsUnique, LinkContent FROM _click", "LinkName T1024, IsUnique B, LinkContent T4000"),
        # nothing known
        ("SELECT dbo.Secret(1) a, SOMETHING(2) b", "a T254, b T254"),
        ("SELECT NULL a", "a T254"),
    ],
)
def test_columns(sql: str, columns: str) -> None:
    inference = infer(sql)
    assert inference.columns == fields(columns)
    assert inference.problems == ()


@pytest.mark.parametrize(
    ("sql", "code", "severity", "marked", "mended"),
    [
        ("SELECT a FROM Nowhere", "unknown_table", "error", "Nowhere", None),
        ("SELECT FirstNam FROM Customers", "unknown_column", "error", "FirstNam", "FirstName"),
        ("SELECT c.Emial FROM Customers c", "unknown_column", "error", "c.Emial", "c.Email"),
        ("SELECT CustomerId FROM Customers WHERE Zip = 1", "unknown_column", "error", "Zip", None),
        ("SELECT Born FROM Customers c JOIN Orders o ON o.x = 1", "unknown_column", "error", "o.x", None),
        ("SELECT v.a FROM Orders CROSS APPLY (VALUES (Stat)) v(a)", "unknown_column", "error", "Stat", "Status"),
        ("SELECT COUNT(*) n FROM Customers GROUP BY Agee", "unknown_column", "error", "Agee", None),
        ("SELECT TOP 1 Born n FROM Customers ORDER BY n, Agee", "unknown_column", "error", "Agee", None),
        ("SELECT Born n FROM Customers WHERE n = 1", "alias_not_visible", "error", "n", "Born"),
        (
            "SELECT Born FROM Customers WHERE EXISTS (SELECT 1 FROM Orders WHERE zz = 1)",
            "unknown_column",
            "error",
            "zz",
            None,
        ),
        ("SELECT cust.Born FROM Customers cst", "unknown_alias", "error", "cust.Born", "cst.Born"),
        ("SELECT CustomerId FROM Customers, Orders", "ambiguous_column", "error", "CustomerId", "Customers.CustomerId"),
        ("SELECT 1 a UNION SELECT 1, 2", "union_columns", "error", None, None),
        ("SELECT * FROM Nowhere", "unknown_columns", "error", "*", None),
        (
            "SELECT * FROM [Newsletter Signups] a, [Newsletter Signups] b",
            "duplicate_column",
            "error",
            "*",
            "a.[Signup Id], a.Quelle, b.[Signup Id] AS [b_Signup Id], b.Quelle AS b_Quelle",
        ),
        ("SELECT *, Quelle FROM [Newsletter Signups]", "duplicate_column", "error", "Quelle", "Quelle AS Quelle_2"),
        (
            "SELECT Quelle, * FROM [Newsletter Signups]",
            "duplicate_column",
            "error",
            "*",
            "[Newsletter Signups].[Signup Id]",
        ),
    ],
)
def test_problems(sql: str, code: str, severity: str, marked: str | None, mended: str | None) -> None:
    problem = next(problem for problem in infer(sql).problems if problem.code == code)
    assert problem.severity == severity
    if marked is not None:
        assert sql[problem.column - 1 : problem.column - 1 + problem.length] == marked
    assert (problem.fix or "").startswith(mended or "")
    assert (problem.fix is None) == (mended is None)


def test_columns_come_out_where_names_are_unknown() -> None:
    inference = infer("SELECT Foo, c.Bar, FirstName FROM Customers c")
    assert inference.columns == fields("Foo T254, Bar T254, FirstName T50")
    assert [problem.code for problem in inference.problems] == ["unknown_column", "unknown_column"]


def test_a_table_that_is_not_known_may_have_any_column() -> None:
    inference = infer("SELECT n.Foo, Bar, c.FirstName FROM Nowhere n JOIN Customers c ON n.a = c.CustomerId")
    assert inference.columns == fields("Foo T254, Bar T254, FirstName T50")
    assert [problem.code for problem in inference.problems] == ["unknown_table"]


def test_a_shared_table_may_have_other_columns_than_ones_own_of_that_name() -> None:
    inference = infer("SELECT e.Status, e.Other, Another FROM Ent.Orders e")
    assert inference.columns == fields("Status T20, Other T254, Another T254")
    assert inference.problems == ()


def test_of_two_columns_with_one_name_the_first_comes_out() -> None:
    inference = infer("SELECT * FROM [Newsletter Signups] a JOIN [Newsletter Signups] b ON 1 = 1")
    assert inference.columns == fields("Signup Id N, Quelle T30")


def test_every_column_may_be_null() -> None:
    assert all(column.nullable for column in infer("SELECT *, 1 AS n FROM Customers").columns)


def test_a_data_view_is_itself_also_when_it_is_given() -> None:
    statement = parse("SELECT EmailAddress FROM _Subscribers", max_characters=1000)
    given = infer_columns(statement, {"_subscribers": DATA_VIEWS["_subscribers"]})
    assert given.columns == infer_columns(statement, {}).columns == fields("EmailAddress T254")


def test_numbers_without_end_are_read() -> None:
    """Python itself reads no more than 4,300 digits."""
    digits = "9" * 5000
    columns = infer(f"SELECT {digits} a, -{digits} b, LEFT('ab', {digits}) c, 0.{digits} d").columns
    assert columns == fields("a X29.0, b X29.0, c T2, d X29.8")
    assert infer(f"SELECT CAST(1 AS DECIMAL({digits})) a, CAST('' AS CHAR({digits})) b").columns == fields(
        "a X29.0, b T4000"
    )
    assert parse(f"SELECT TOP 1 1 AS a ORDER BY {digits}", max_characters=100_000).order_by == ()


def test_long_chains_are_read() -> None:
    assert infer("SELECT " + " + ".join(["1"] * 2000) + " AS a").columns == fields("a N")
    where = " OR ".join(f"OrderId = {number}" for number in range(2000))
    assert infer(f"SELECT OrderId FROM Orders WHERE {where}").columns == fields("OrderId N")
    union = " UNION ALL ".join(["SELECT 1 a"] * 500)
    assert infer(union).columns == fields("a N")
