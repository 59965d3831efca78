"""One query or more for each finding: what is marked in it, and what the query is once it is mended."""

from dataclasses import dataclass

from shell_query.sql.codes import Code


@dataclass(frozen=True)
class Case:
    """`mended` is the whole text with the fix in place; None where no fix is offered."""

    code: Code
    sql: str
    marked: str
    mended: str | None = None

    @property
    def id(self) -> str:
        return f"{self.code}: {self.sql[:40]}"


CASES = (
    # the text as a whole
    Case(Code.EMPTY, "-- nothing", ""),
    Case(Code.SQL_TOO_LONG, "SELECT 1 AS a" + " " * 100_000, ""),
    Case(Code.SQL_TOO_DEEP, "SELECT " + "(" * 101 + "1" + ")" * 101 + " AS a", "("),
    Case(Code.NOT_UNDERSTOOD, "SELECT Status x y FROM Orders", "y"),
    # more, or something else, than one SELECT
    Case(Code.NOT_A_SELECT, "DELETE FROM Orders", "DELETE"),
    Case(Code.SEVERAL_STATEMENTS, "SELECT Status FROM Orders; SELECT Born FROM Customers", ";"),
    Case(Code.SEVERAL_STATEMENTS, "SELECT Status FROM Orders SELECT Born FROM Customers", "SELECT"),
    Case(Code.TRAILING_SEMICOLON, "SELECT Status FROM Orders;", ";", "SELECT Status FROM Orders"),
    Case(Code.CTE, "WITH x AS (SELECT 1 a) SELECT a FROM x", "WITH"),
    Case(Code.SELECT_INTO, "SELECT Status INTO [My Copy] FROM Orders", "INTO [My Copy]", "SELECT Status  FROM Orders"),
    Case(Code.VARIABLE, "SELECT Status FROM Orders WHERE OrderId = @id", "@id"),
    Case(Code.VARIABLE, "DECLARE @id INT", "DECLARE"),
    Case(Code.TEMPORARY_TABLE, "SELECT a FROM #t", "#t"),
    Case(Code.EXEC, "EXEC sp_who", "EXEC"),
    Case(Code.RESERVED_WORD, "SELECT Status FROM Orders UPDATE Customers", "UPDATE"),
    Case(Code.RESERVED_WORD, "SELECT Status FROM Orders COMMIT", "COMMIT"),
    Case(Code.RESERVED_WORD, "SELECT Status FROM Orders o REVERT", "REVERT"),
    Case(Code.RESERVED_WORD, "SELECT a FROM OPENXML(1, 'x')", "OPENXML"),
    # brackets, quotes, parentheses, characters
    Case(Code.UNBALANCED_BRACKET, "SELECT [Status FROM Orders", "[Status", "SELECT [Status] FROM Orders"),
    Case(Code.UNBALANCED_BRACKET, "SELECT Status] FROM Orders", "]", "SELECT Status FROM Orders"),
    Case(Code.UNBALANCED_BRACKET, "SELECT Quelle FROM [ Newsletter Signups", "["),
    Case(Code.UNBALANCED_QUOTE, "SELECT 'x FROM Orders", "'"),
    Case(Code.UNBALANCED_PARENTHESIS, "SELECT Status) FROM Orders", ")", "SELECT Status FROM Orders"),
    Case(Code.UNBALANCED_PARENTHESIS, "SELECT (Status FROM Orders", "("),
    Case(Code.UNCLOSED_COMMENT, "SELECT Status /* FROM Orders", "/*"),
    Case(
        Code.UNEXPECTED_CHARACTER,
        "SELECT Status FROM Orders WHERE Status = \u2018x'",
        "\u2018",
        "SELECT Status FROM Orders WHERE Status = 'x'",
    ),
    Case(Code.UNEXPECTED_CHARACTER, "SELECT {Status} FROM Orders", "{"),
    Case(Code.UNEXPECTED_CHARACTER, "SELECT\x0bStatus FROM Orders", "\x0b", "SELECT Status FROM Orders"),
    Case(Code.UNEXPECTED_CHARACTER, "SELECT Status FROM Orders -- \x01", "\x01", "SELECT Status FROM Orders --  "),
    Case(Code.UNEXPECTED_CHARACTER, "SELECT Status FROM Orders WHERE Status = 'a\ufffe'", "\ufffe"),
    Case(
        Code.DOUBLE_EQUALS,
        "SELECT Status FROM Orders WHERE OrderId == 1",
        "==",
        "SELECT Status FROM Orders WHERE OrderId = 1",
    ),
    # lists
    Case(Code.STRAY_COMMA, "SELECT Status, FROM Orders", ",", "SELECT Status FROM Orders"),
    Case(
        Code.EMPTY_IN,
        "SELECT Status FROM Orders WHERE OrderId IN ()",
        "IN ()",
        "SELECT Status FROM Orders WHERE OrderId IN (NULL)",
    ),
    Case(Code.EMPTY_IN, "SELECT Status FROM Orders WHERE OrderId NOT IN ()", "IN ()"),
    # functions
    Case(
        Code.MISSING_FUNCTION,
        "SELECT IFNULL(Status, '') AS a FROM Orders",
        "IFNULL",
        "SELECT ISNULL(Status, '') AS a FROM Orders",
    ),
    Case(Code.MISSING_FUNCTION, "SELECT JSON_VALUE(Notes, '$.a') AS a FROM Customers", "JSON_VALUE"),
    Case(Code.DISPUTED_FUNCTION, "SELECT TRY_CAST(Status AS INT) AS a FROM Orders", "TRY_CAST"),
    Case(
        Code.UNKNOWN_FUNCTION,
        "SELECT DATEAD(day, 1, Born) AS d FROM Customers",
        "DATEAD",
        "SELECT DATEADD(day, 1, Born) AS d FROM Customers",
    ),
    Case(Code.UNKNOWN_FUNCTION, "SELECT XYZZY(Born) AS d FROM Customers", "XYZZY"),
    # order and limits
    Case(
        Code.LIMIT,
        "SELECT Status FROM Orders LIMIT 5",
        "LIMIT 5",
        "SELECT Status FROM Orders ORDER BY 1 OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY",
    ),
    Case(
        Code.LIMIT,
        "SELECT Status FROM Orders ORDER BY OrderId LIMIT 5 OFFSET 20",
        "LIMIT 5 OFFSET 20",
        "SELECT Status FROM Orders ORDER BY OrderId OFFSET 20 ROWS FETCH NEXT 5 ROWS ONLY",
    ),
    Case(
        Code.LIMIT,
        "SELECT a.Status FROM (SELECT Status FROM Orders LIMIT 20, 5) a",
        "LIMIT 20, 5",
        "SELECT a.Status FROM (SELECT Status FROM Orders ORDER BY 1 OFFSET 20 ROWS FETCH NEXT 5 ROWS ONLY) a",
    ),
    Case(
        Code.ORDER_BY_WITHOUT_TOP,
        "SELECT Status FROM Orders ORDER BY LEN(Status) DESC",
        "ORDER BY LEN(Status) DESC",
        "SELECT Status FROM Orders ORDER BY LEN(Status) DESC OFFSET 0 ROWS",
    ),
    Case(
        Code.ORDER_BY_WITHOUT_TOP,
        "SELECT a.Status FROM (SELECT Status FROM Orders ORDER BY CASE WHEN OrderId = 1 THEN 0 ELSE 1 END) a",
        "ORDER BY CASE WHEN OrderId = 1 THEN 0 ELSE 1 END",
        "SELECT a.Status FROM (SELECT Status FROM Orders "
        "ORDER BY CASE WHEN OrderId = 1 THEN 0 ELSE 1 END OFFSET 0 ROWS) a",
    ),
    Case(
        Code.OFFSET_WITHOUT_ORDER_BY,
        "SELECT Status FROM Orders OFFSET 5 ROWS",
        "OFFSET 5",
        "SELECT Status FROM Orders ORDER BY 1 OFFSET 5 ROWS",
    ),
    Case(
        Code.FETCH_WITHOUT_OFFSET,
        "SELECT Status FROM Orders ORDER BY Status FETCH NEXT 5 ROWS ONLY",
        "ORDER BY Status",
        "SELECT Status FROM Orders ORDER BY Status OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY",
    ),
    Case(
        Code.FETCH_WITHOUT_OFFSET,
        "SELECT Status FROM Orders FETCH FIRST 5 ROWS ONLY",
        "FETCH FIRST 5",
        "SELECT Status FROM Orders ORDER BY 1 OFFSET 0 ROWS FETCH FIRST 5 ROWS ONLY",
    ),
    Case(Code.TOP_WITH_OFFSET, "SELECT TOP 5 Status FROM Orders ORDER BY Status OFFSET 5 ROWS", "TOP 5"),
    Case(Code.TIES_WITHOUT_ORDER_BY, "SELECT TOP 5 WITH TIES Status FROM Orders", "TOP 5"),
    Case(Code.DISTINCT_ORDER, "SELECT DISTINCT TOP 5 Status FROM Orders o ORDER BY o.Amount DESC", "o.Amount"),
    Case(
        Code.DISTINCT_ORDER,
        "SELECT Status FROM Orders UNION SELECT Status FROM Orders ORDER BY Amount OFFSET 0 ROWS",
        "Amount",
    ),
    # FROM
    Case(
        Code.JOIN_WITHOUT_ON,
        "SELECT o.Status FROM Orders o INNER JOIN Customers c",
        "INNER JOIN",
        "SELECT o.Status FROM Orders o CROSS JOIN Customers c",
    ),
    Case(Code.JOIN_WITHOUT_ON, "SELECT o.Status FROM Orders o LEFT JOIN Customers c", "JOIN"),
    Case(
        Code.SUBQUERY_WITHOUT_ALIAS,
        "SELECT Status FROM (SELECT Status FROM Orders)",
        ")",
        "SELECT Status FROM (SELECT Status FROM Orders) AS d1",
    ),
    Case(
        Code.DUPLICATE_ALIAS,
        "SELECT Status FROM Orders o JOIN Customers o ON 1 = 1",
        "o",
        "SELECT Status FROM Orders o JOIN Customers o_2 ON 1 = 1",
    ),
    Case(Code.DUPLICATE_ALIAS, "SELECT o.Status FROM Orders o JOIN Customers o ON 1 = 1", "o"),
    Case(Code.DUPLICATE_ALIAS, "SELECT COUNT(*) AS n FROM Orders, Orders", "Orders"),
    Case(
        Code.UNBRACKETED_NAME,
        "SELECT n.Quelle FROM Newsletter-Signups n",
        "Newsletter-Signups",
        "SELECT n.Quelle FROM [Newsletter-Signups] n",
    ),
    Case(
        Code.UNBRACKETED_NAME,
        "SELECT n.Quelle FROM Newsletter Signups n",
        "Newsletter Signups",
        "SELECT n.Quelle FROM [Newsletter Signups] n",
    ),
    Case(
        Code.UNBRACKETED_NAME,
        "SELECT a FROM My Big Table",
        "My Big Table",
        "SELECT a FROM [My Big Table]",
    ),
    Case(
        Code.UNBRACKETED_NAME,
        "SELECT Quelle FROM Newsletter Signups",
        "Newsletter Signups",
        "SELECT Quelle FROM [Newsletter Signups]",
    ),
    Case(
        Code.UNBRACKETED_NAME,
        "SELECT Signup Id FROM [Newsletter Signups]",
        "Signup Id",
        "SELECT [Signup Id] FROM [Newsletter Signups]",
    ),
    Case(
        Code.UNBRACKETED_NAME,
        "SELECT t.Opt-In AS a FROM Consents t",
        "t.Opt-In",
        "SELECT t.[Opt-In] AS a FROM Consents t",
    ),
    # groups
    Case(Code.AGGREGATE_IN_WHERE, "SELECT Status FROM Orders WHERE COUNT(*) > 1 GROUP BY Status", "COUNT(*)"),
    Case(
        Code.WINDOW_IN_WHERE,
        "SELECT Id FROM Orders WHERE ROW_NUMBER() OVER (ORDER BY Id) = 1",
        "ROW_NUMBER() OVER (ORDER BY Id)",
    ),
    Case(
        Code.WINDOW_IN_WHERE,
        "SELECT o.Id FROM Orders o JOIN Customers c ON COUNT(*) OVER (PARTITION BY o.Id) = 1",
        "COUNT(*) OVER (PARTITION BY o.Id)",
    ),
    Case(Code.NESTED_AGGREGATE, "SELECT MAX(COUNT(*)) AS n FROM Orders GROUP BY Status", "COUNT(*)"),
    Case(Code.NOT_GROUPED, "SELECT Status, CustomerId, COUNT(*) AS n FROM Orders GROUP BY Status", "CustomerId"),
    Case(Code.NOT_GROUPED, "SELECT Status FROM Orders GROUP BY Status HAVING Amount > MAX(Rate)", "Amount"),
    Case(Code.NOT_GROUPED, "SELECT d.n FROM (SELECT Status, COUNT(*) AS n FROM Orders) d", "Status"),
    Case(
        Code.AGGREGATE_IN_WHERE,
        "SELECT Born FROM Customers c WHERE EXISTS (SELECT 1 FROM Orders o WHERE MAX(o.Amount) > 1)",
        "MAX(o.Amount)",
    ),
    Case(Code.NOT_GROUPED, "SELECT MAX(Amount) AS m, DATEADD(day, 1, OrderedAt) AS d FROM Orders", "OrderedAt"),
    # what comes out
    Case(Code.UNNAMED_COLUMN, "SELECT COUNT(*) FROM Orders", "COUNT(*)", "SELECT COUNT(*) AS Column1 FROM Orders"),
    Case(
        Code.UNNAMED_COLUMN,
        "SELECT a.m FROM (SELECT MAX(Amount) + 1, 1 AS m FROM Orders) a",
        "MAX(Amount) + 1",
        "SELECT a.m FROM (SELECT MAX(Amount) + 1 AS Column1, 1 AS m FROM Orders) a",
    ),
    Case(
        Code.UNNAMED_COLUMN,
        "SELECT Status FROM Orders FOR XML PATH('')",
        "SELECT Status FROM Orders FOR XML PATH('')",
    ),
    Case(
        Code.DUPLICATE_COLUMN,
        "SELECT Status, o.status FROM Orders o",
        "o.status",
        "SELECT Status, o.status AS o_status FROM Orders o",
    ),
    Case(
        Code.DUPLICATE_COLUMN,
        "SELECT 1 AS a, 2 AS a, 3 AS a_2",
        "2 AS a",
        "SELECT 1 AS a, 2 AS a_2_2, 3 AS a_2",
    ),
    Case(
        Code.DUPLICATE_COLUMN,
        "SELECT * FROM [Newsletter Signups] a JOIN [Newsletter Signups] b ON a.Quelle = b.Quelle",
        "*",
        "SELECT a.[Signup Id], a.Quelle, b.[Signup Id] AS [b_Signup Id], b.Quelle AS b_Quelle "
        "FROM [Newsletter Signups] a JOIN [Newsletter Signups] b ON a.Quelle = b.Quelle",
    ),
    Case(
        Code.DUPLICATE_COLUMN,
        "SELECT *, Quelle FROM [Newsletter Signups]",
        "Quelle",
        "SELECT *, Quelle AS Quelle_2 FROM [Newsletter Signups]",
    ),
    Case(Code.COLUMN_NAME, "SELECT Status AS [] FROM Orders", "Status AS []", "SELECT Status AS Column1 FROM Orders"),
    Case(
        Code.LONG_COLUMN_NAME,
        f"SELECT Status AS {'a' * 51} FROM Orders",
        f"Status AS {'a' * 51}",
        "SELECT Status AS Column1 FROM Orders",
    ),
    Case(Code.UNKNOWN_COLUMNS, "SELECT * FROM Nowhere", "*"),
    Case(Code.UNION_COLUMNS, "SELECT 1 AS a UNION SELECT 1, 2", "SELECT 1 AS a UNION SELECT 1, 2"),
    # names and what they mean
    Case(Code.UNKNOWN_TABLE, "SELECT a FROM Nowhere", "Nowhere"),
    Case(Code.UNKNOWN_TABLE, "SELECT a FROM Produkte", "Produkte", "SELECT a FROM [Produkte 2024]"),
    Case(Code.UNLISTED_TABLE, "SELECT JobID FROM _Sents", "_Sents", "SELECT JobID FROM _Sent"),
    Case(Code.UNLISTED_TABLE, "SELECT a FROM Ent.Shared", "Shared"),
    Case(
        Code.UNKNOWN_ALIAS,
        "SELECT cust.Born FROM Customers AS cst",
        "cust.Born",
        "SELECT cst.Born FROM Customers AS cst",
    ),
    Case(Code.UNKNOWN_ALIAS, "SELECT zz.Born FROM Customers AS cst", "zz.Born"),
    Case(Code.UNKNOWN_COLUMN, "SELECT c.Emial FROM Customers c", "c.Emial", "SELECT c.Email FROM Customers c"),
    Case(Code.UNKNOWN_COLUMN, "SELECT Born FROM Customers WHERE Zip = 1", "Zip"),
    Case(Code.UNKNOWN_COLUMN, "SELECT Born FROM Customers WHERE Active = TRUE", "TRUE"),
    Case(Code.UNLISTED_COLUMN, "SELECT _CustomObjectKey FROM Customers", "_CustomObjectKey"),
    Case(
        Code.DOUBLE_QUOTES,
        """SELECT Born FROM Customers WHERE FirstName = "O'Neil\"""",
        """"O'Neil\"""",
        "SELECT Born FROM Customers WHERE FirstName = 'O''Neil'",
    ),
    Case(
        Code.AMBIGUOUS_COLUMN,
        "SELECT CustomerId FROM Customers c, Orders o",
        "CustomerId",
        "SELECT c.CustomerId FROM Customers c, Orders o",
    ),
    Case(
        Code.ALIAS_NOT_VISIBLE,
        "SELECT Amount * 2 AS d FROM Orders WHERE d > 5",
        "d",
        "SELECT Amount * 2 AS d FROM Orders WHERE (Amount * 2) > 5",
    ),
    Case(
        Code.ALIAS_NOT_VISIBLE,
        "SELECT YEAR(OrderedAt) y, COUNT(*) AS c FROM Orders GROUP BY y",
        "y",
        "SELECT YEAR(OrderedAt) y, COUNT(*) AS c FROM Orders GROUP BY YEAR(OrderedAt)",
    ),
    Case(
        Code.ALIAS_NOT_VISIBLE,
        "SELECT Status, n = COUNT(*) FROM Orders GROUP BY Status HAVING n > 5",
        "n",
        "SELECT Status, n = COUNT(*) FROM Orders GROUP BY Status HAVING COUNT(*) > 5",
    ),
    Case(Code.ALIAS_NOT_VISIBLE, "SELECT COUNT(*) AS n FROM Orders WHERE n > 5", "n"),
    # rows that are missed
    Case(
        Code.NOT_IN_NULLABLE,
        "SELECT Status FROM Orders WHERE CustomerId NOT IN (SELECT CustomerId FROM Customers)",
        "NOT IN (SELECT CustomerId FROM Customers)",
        "SELECT Status FROM Orders "
        "WHERE CustomerId NOT IN (SELECT CustomerId FROM Customers WHERE CustomerId IS NOT NULL)",
    ),
    Case(
        Code.NOT_IN_NULLABLE,
        "SELECT Status FROM Orders WHERE (CustomerId + 1) NOT IN "
        "(SELECT c.CustomerId AS i FROM Customers c WHERE Active = 1 OR Active = 0) AND 1 = 1",
        "NOT IN (SELECT c.CustomerId AS i FROM Customers c WHERE Active = 1 OR Active = 0)",
        "SELECT Status FROM Orders WHERE (CustomerId + 1) NOT IN "
        "(SELECT c.CustomerId AS i FROM Customers c WHERE (Active = 1 OR Active = 0) AND c.CustomerId IS NOT NULL) "
        "AND 1 = 1",
    ),
    Case(
        Code.NOT_IN_NULLABLE,
        "SELECT Status FROM Orders WHERE CustomerId NOT IN (SELECT MAX(CustomerId) AS m FROM Customers)",
        "NOT IN (SELECT MAX(CustomerId) AS m FROM Customers)",
    ),
    Case(
        Code.COMPARISON_CUTS,
        "SELECT Born FROM Customers WHERE CAST(Email AS VARCHAR(10)) = FirstName",
        "CAST(Email AS VARCHAR(10))",
        "SELECT Born FROM Customers WHERE Email = FirstName",
    ),
    Case(
        Code.COMPARISON_CUTS,
        "SELECT Born FROM Customers WHERE Notes = ISNULL(FirstName, LastName)",
        "ISNULL(FirstName, LastName)",
        "SELECT Born FROM Customers WHERE Notes = COALESCE(FirstName, LastName)",
    ),
    Case(Code.COMPARISON_TOO_LONG, "SELECT Born FROM Customers WHERE Language IN ('de-DE', 'German')", "'German'"),
    # slow, redundant, style
    Case(Code.LEADING_WILDCARD, "SELECT Born FROM Customers WHERE Email LIKE '%@a.b'", "'%@a.b'"),
    Case(
        Code.FUNCTION_ON_DATE,
        "SELECT JobID FROM _Sent WHERE DATEDIFF(day, EventDate, GETDATE()) < 30",
        "DATEDIFF(day, EventDate, GETDATE())",
    ),
    Case(
        Code.FUNCTION_ON_DATE,
        "SELECT JobID FROM _Sent WHERE CONVERT(CHAR(10), EventDate, 120) = '2024-01-01'",
        "CONVERT(CHAR(10), EventDate, 120)",
    ),
    Case(
        Code.FUNCTION_ON_DATE,
        "SELECT JobID FROM _Sent WHERE CAST(CAST(EventDate AS DATE) AS DATE) = '2024-01-01'",
        "CAST(CAST(EventDate AS DATE) AS DATE)",
    ),
    Case(
        Code.FUNCTION_ON_DATE,
        "SELECT s.JobID FROM _Sent s JOIN _Open o ON CAST(s.EventDate AS DATE) = o.EventDate",
        "CAST(s.EventDate AS DATE)",
    ),
    Case(Code.NOLOCK, "SELECT Status FROM Orders WITH (NOLOCK)", "WITH (NOLOCK)", "SELECT Status FROM Orders "),
    Case(
        Code.NOLOCK,
        "SELECT Status FROM Orders o WITH (NOLOCK, INDEX(1))",
        "NOLOCK,",
        "SELECT Status FROM Orders o WITH ( INDEX(1))",
    ),
    Case(
        Code.BANG_EQUALS,
        "SELECT Status FROM Orders WHERE OrderId != 1",
        "!=",
        "SELECT Status FROM Orders WHERE OrderId <> 1",
    ),
)
