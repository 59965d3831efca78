"""What MCE does not take, in its words: by validate, and when a query is saved."""

import pytest

from tests.mce_sandbox.client import Mce

ONLY_SELECT = "Only SELECT queries are valid. Select must be the first word of the query."
SEMICOLON = "';' is a reserved word and may not be used"
ORDER_BY = (
    "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "
    "expressions, unless TOP, OFFSET or FOR XML is also specified."
)
TOO_DEEP = (
    "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries."
)
REJECTED = [
    ("WITH x AS (SELECT StoreID FROM Stores) SELECT StoreID FROM x", ONLY_SELECT),
    ("UPDATE Stores SET City = 'x'", ONLY_SELECT),
    ("", ONLY_SELECT),
    ("SELECT StoreID FROM Stores;", SEMICOLON),
    ("DECLARE @x INT SELECT StoreID FROM Stores", SEMICOLON),
    ("SELECT StoreID INTO Other FROM Stores", "'into' is a reserved word"),
    ("SELECT StoreID FROM Nowhere", "Nowhere is not a known data extension or system data view"),
    ("SELECT SubscriberKey FROM Ent._Subscribers", "_Subscribers is not a known data extension or system data view"),
    ("SELECT Nothing FROM Stores", "Invalid column name 'Nothing'"),
    ("SELECT s.Nothing FROM Stores s", "Invalid column name 'Nothing'"),
    ("SELECT x.StoreID FROM Stores s", 'The multi-part identifier "x.StoreID" could not be bound.'),
    ("SELECT StoreID AS a FROM Stores WHERE a = 1", "Invalid column name 'a'"),
    ("SELECT StoreID FROM Stores WHERE EXISTS (SELECT 1 FROM Orders WHERE Bad = 1)", "Invalid column name 'Bad'"),
    ("SELECT q.z FROM (SELECT StoreID FROM Stores) q", "Invalid column name 'z'"),
    ("SELECT StoreID FROM Stores ORDER BY StoreID", ORDER_BY),
    ("SELECT a FROM (SELECT StoreID AS a FROM Stores ORDER BY StoreID) q", ORDER_BY),
    ("SELECT COUNT(*) FROM Stores", "No column name was specified for column 1 of 'querydef'."),
    ("SELECT StoreID, StoreID FROM Stores", "The column 'StoreID' was specified multiple times for 'querydef'."),
    (
        "SELECT * FROM Stores s JOIN Orders o ON o.StoreID = s.StoreID",
        "The column 'StoreID' was specified multiple times for 'querydef'.",
    ),
    (
        "SELECT StoreID FROM Stores s JOIN Orders o ON o.StoreID = s.StoreID",
        "Ambiguous column name 'StoreID'.",
    ),
    (
        "SELECT City, COUNT(*) AS n FROM Stores GROUP BY Country",
        "Column 'city' is invalid in the select list because it is not contained in either an aggregate "
        "function or the GROUP BY clause.",
    ),
    ("SELECT", "Incorrect syntax near 'SELECT'."),
    ("SELECT *", "Must specify table to select from."),
    ("SELECT City FROM Stores FOR XML PATH", "The sandbox does not run FOR XML."),
    ("SELECT " + "1 + " * 3000 + "1 AS x", TOO_DEEP),
    ("SELECT StoreID FROM Stores LIMIT 3", "Incorrect syntax near 'LIMIT'."),
    ("SELECT StoreID, FROM Stores", "Incorrect syntax near 'FROM'."),
    ("SELECT StoreID FROM Stores WHERE StoreID IN ()", "Incorrect syntax near ')'."),
    ("SELECT FROBNICATE(City) AS x FROM Stores", "'FROBNICATE' is not a recognized built-in function name."),
    ("SELECT JSON_VALUE(City, '$.a') AS x FROM Stores", "'JSON_VALUE' is not a recognized built-in function name."),
    ("SELECT SUM(IsActive) AS x FROM Customers", "Operand data type bit is invalid for sum operator."),
    ("SELECT SUM(City) AS x FROM Stores", "Operand data type nvarchar is invalid for sum operator."),
    (
        "SELECT City FROM Stores WHERE StoreID",
        "An expression of non-boolean type specified in a context where a condition is expected, near 'StoreID'.",
    ),
    (
        "SELECT City FROM Stores GROUP BY 1",
        "Each GROUP BY expression must contain at least one column that is not an outer reference.",
    ),
    (
        "SELECT DISTINCT TOP 3 City FROM Stores ORDER BY StoreID",
        "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.",
    ),
    (
        "SELECT TOP 1 WITH TIES City FROM Stores",
        "The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.",
    ),
    (
        "SELECT CONVERT(VARCHAR(30), GETDATE(), 999) AS x",
        "999 is not a valid style number when converting from datetime to a character string.",
    ),
    (
        "SELECT CAST(CAST(GETDATE() AS DATE) AS INT) AS x",
        "Explicit conversion from data type date to int is not allowed.",
    ),
    ("SELECT DATEADD(foo, 1, GETDATE()) AS x", "'foo' is not a recognized dateadd option."),
    ("SELECT DATEADD(day, 1) AS x", "The dateadd function requires 3 argument(s)."),
    ("SELECT ISNULL(StoreID) AS x FROM Stores", "The isnull function requires 2 argument(s)."),
    (
        "SELECT 1e400 AS x",
        "The floating point value '1e400' is out of the range of computer representation (8 bytes).",
    ),
    (
        "SELECT DATEPART(hour, CAST(GETDATE() AS DATE)) AS x",
        "The datepart hour is not supported by date function datepart for data type date.",
    ),
    (
        "SELECT GETDATE() AT TIME ZONE 'Mars Standard Time' AS x",
        "The time zone parameter 'Mars Standard Time' provided to AT TIME ZONE clause is invalid.",
    ),
    (
        "SELECT City FROM Stores WHERE CONTAINS(City, 'a')",
        "'CONTAINS' is not a recognized built-in function name.",
    ),
    ("SELECT StoreID::text AS x FROM Stores", "Incorrect syntax near '::'."),
    ("SELECT City || 'x' AS x FROM Stores", "Incorrect syntax near '||'."),
    ("SELECT StoreID FROM Stores WHERE StoreID == 1", "Incorrect syntax near '='."),
    ("SELECT StoreID > 1 AS x FROM Stores", "Incorrect syntax near '>'."),
    ("SELECT DATE '2020-01-01' AS x FROM Stores", "Incorrect syntax near '2020-01-01'."),
    ("SELECT City FROM Stores QUALIFY ROW_NUMBER() OVER (ORDER BY City) = 1", "Incorrect syntax near 'QUALIFY'."),
    ("SELECT City FROM Stores GROUP BY ALL", "Incorrect syntax near 'ALL'."),
    ("SELECT City FROM Stores s SEMI JOIN Orders o ON 1 = 1", "Incorrect syntax near 'SEMI'."),
    ("SELECT City FROM Stores JOIN Orders", "Incorrect syntax near 'JOIN'."),
    ("SELECT ,City FROM Stores", "Incorrect syntax near ','."),
    ("SELECT City FROM Stores,", "Incorrect syntax near ','."),
    (
        f"SELECT {'9' * 5000} AS x",
        f"The number '{'9' * 5000}' is out of the range for numeric representation (maximum precision 38).",
    ),
    ("SELECT CAST(1 AS NUMERIC(x)) AS x", "Type numeric(x) is not a type that the sandbox knows."),
    ("SELECT CAST(GETDATE() AS TIME(MAX)) AS x", "Type time(max) is not a type that the sandbox knows."),
    ("SELECT (City, Country) AS x FROM Stores", "Incorrect syntax near ','."),
    (
        "SELECT City FROM Stores WHERE (City, Country) IN (SELECT City, Country FROM Customers)",
        "An expression of non-boolean type specified in a context where a condition is expected, near ','.",
    ),
    ("SELECT s.* AS x FROM Stores s", "Incorrect syntax near 'AS'."),
    ("SELECT EXISTS (SELECT City FROM Stores) AS x", "Incorrect syntax near 'EXISTS'."),
    (
        "SELECT City FROM Stores ORDER BY City FETCH NEXT 5 ROWS ONLY",
        "Invalid usage of the option NEXT in the FETCH statement.",
    ),
    ("SELECT ROW_NUMBER() AS x FROM Stores", "The function 'ROW_NUMBER' must have an OVER clause."),
    (
        "SELECT ROW_NUMBER() OVER (PARTITION BY City) AS x FROM Stores",
        "The function 'ROW_NUMBER' must have an OVER clause with ORDER BY.",
    ),
    (
        "SELECT LAG(City) OVER () AS x FROM Stores",
        "The function 'LAG' must have an OVER clause with ORDER BY.",
    ),
    ("SELECT true AS x FROM Stores", "Invalid column name 'true'"),
    ("SELECT " + "(" * 500 + "1" + ")" * 500 + " AS x", TOO_DEEP),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "message"), REJECTED, ids=[each[0][:50] for each in REJECTED])
def test_validate_says_why_a_query_is_not_taken(mce: Mce, sql: str, message: str) -> None:
    answer = mce.rest("POST", "/automation/v1/queries/actions/validate/", json={"Text": sql})
    assert answer.json() == {"queryValid": False, "errors": [{"message": message}], "warnings": []}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ';' AS x FROM Stores",
        "SELECT StoreID AS [into] FROM Stores",
        "-- first\nSELECT StoreID FROM Stores",
        "SELECT TOP 3 StoreID AS n FROM Stores ORDER BY n",
        "SELECT s.StoreName, o.OrderID FROM Stores s, Orders o WHERE o.StoreID = s.StoreID",
        "SELECT p.ProductName FROM Ent.[Shared Products] p",
        "SELECT [Newsletter Signups].Email FROM [Newsletter Signups]",
        "SELECT o.JobID, s.EmailAddress FROM _Open o JOIN _Subscribers s ON s.SubscriberID = o.SubscriberID",
        "SELECT MobileNumber FROM _SMSSubscriptionLog",
        "SELECT (SELECT MAX(OrderID) FROM Orders o WHERE o.StoreID = s.StoreID) AS m FROM Stores s",
    ],
)
def test_validate_takes_what_mce_takes(mce: Mce, sql: str) -> None:
    answer = mce.rest("POST", "/automation/v1/queries/actions/validate/", json={"Text": sql})
    assert answer.json() == {"queryValid": True, "errors": [], "warnings": []}


def test_create_refuses_the_same_with_a_prefix(mce: Mce) -> None:
    _, key = mce.seed("StoreID Number")
    answer = mce.create_query("SELECT Nothing FROM Stores", key)
    assert answer.status == 200
    assert answer.value("OverallStatus") == "Error"
    assert answer.value("Results/StatusMessage") == "Error saving the Query field. Invalid column name 'Nothing'"


TARGETS = [
    (
        "Id Number key, City Text(50)", "Overwrite", "SELECT City FROM Stores",
        "Field 'Id' is required for the Target Data Extension",
    ),
    (
        "Id Number, City Text(50) required", "Overwrite", "SELECT StoreID AS Id FROM Stores",
        "Field 'City' is required for the Target Data Extension",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "update_type", "sql", "message"), TARGETS)
def test_the_target_is_looked_at_when_a_query_is_saved(
    mce: Mce, fields: str, update_type: str, sql: str, message: str
) -> None:
    _, key = mce.seed(fields)
    answer = mce.create_query(sql, key, update_type)
    assert answer.value("Results/StatusMessage") == f"Error saving the Query field. {message}"


@pytest.mark.parametrize("update_type", ["Overwrite", "Append"])
def test_only_update_may_read_what_it_writes(mce: Mce, update_type: str) -> None:
    name, key = mce.seed("Id Number key, City Text(50)")
    sql = f"SELECT Id, City FROM [{name}]"
    refused = mce.create_query(sql, key, update_type)
    assert refused.value("Results/StatusMessage") == (
        "Error saving the Query field. Update Type must be 'Update' or the target data extension cannot appear "
        "in the query."
    )
    assert mce.create_query(sql, key, "Update").value("OverallStatus") == "OK"
