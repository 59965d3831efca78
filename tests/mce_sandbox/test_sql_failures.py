"""What breaks off while it runs: the activity ends in error, in SQL Server's words, and the target stays."""

import pytest

from tests.mce_sandbox.client import Mce

FLOATING = "An invalid floating point operation occurred."
FAILING = [
    ("LOG(0)", FLOATING),
    ("LOG10(-1)", FLOATING),
    ("SQRT(-1)", FLOATING),
    ("ACOS(2)", FLOATING),
    ("POWER(0,-1)", FLOATING),
    ("POWER(2,31)", "Arithmetic overflow error for type int, value = 2147483648.000000."),
    ("DATEADD(day,3000000000,'2026-01-01')", "Arithmetic overflow error converting expression to data type int."),
    ("CAST('2026-02-30' AS DATE)", "Conversion failed when converting date and/or time from character string."),
    ("CONVERT(DATE,'31/12/2025',101)", "Conversion failed when converting date and/or time from character string."),
    ("GETDATE() + 5000000", "Arithmetic overflow error converting expression to data type datetime."),
    ("GETDATE() - 800000", "Arithmetic overflow error converting expression to data type datetime."),
    ("CAST(3000000 AS DATETIME)", "Arithmetic overflow error converting expression to data type datetime."),
    ("GETDATE() + '1'", "Conversion failed when converting date and/or time from character string."),
    ("EOMONTH('9999-12-31', 1)", "Adding a value to a 'date' column caused an overflow."),
    (
        "DATEFROMPARTS(10000,1,1)",
        "Cannot construct data type date, some of the arguments have values which are not valid.",
    ),
    ("CAST('1e400' AS FLOAT)", "Error converting data type varchar to float."),
    (
        "(SELECT StoreID FROM Stores)",
        "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or "
        "when the subquery is used as an expression.",
    ),
    (
        "(SELECT STRING_AGG(REPLICATE('a',5000),',') FROM Stores)",
        "STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.",
    ),
    (
        "CASE WHEN 1=2 THEN 1 ELSE 'abc' END",
        "Conversion failed when converting the varchar value 'abc' to data type int.",
    ),
    (
        "DATEDIFF(ms,'2025-01-01','2026-01-01')",
        "The datediff function resulted in an overflow. The number of dateparts separating two "
        "date/time instances is too large. Try to use datediff with a less precise datepart.",
    ),
    (
        "DATEDIFF(second,'1900-01-01','2026-01-01')",
        "The datediff function resulted in an overflow. The number of dateparts separating two "
        "date/time instances is too large. Try to use datediff with a less precise datepart.",
    ),
    (
        "DATEFROMPARTS(2026,13,1)",
        "Cannot construct data type date, some of the arguments have values which are not valid.",
    ),
    (
        "CONVERT(DATETIME,'31/12/2025',101)",
        "The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.",
    ),
    (
        "CONVERT(VARCHAR(19),CAST('2026-02-30' AS DATETIME),120)",
        "The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.",
    ),
    (
        "CONVERT(VARCHAR(19),CAST('1752-01-01' AS DATETIME),120)",
        "The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.",
    ),
    ("CAST(922337203685478 AS MONEY)", "Arithmetic overflow error converting expression to data type money."),
    ("CAST('12.5' AS INT)", "Conversion failed when converting the varchar value '12.5' to data type int."),
    ("CAST(3000000000 AS INT)", "Arithmetic overflow error converting expression to data type int."),
    ("CAST('3000000000' AS INT)", "The conversion of the varchar value '3000000000' overflowed an int column."),
    ("CAST(300 AS TINYINT)", "Arithmetic overflow error for data type tinyint, value = 300."),
    ("CAST(-1 AS TINYINT)", "Arithmetic overflow error for data type tinyint, value = -1."),
    ("CAST(40000 AS SMALLINT)", "Arithmetic overflow error for data type smallint, value = 40000."),
    ("CAST(1234.5 AS DECIMAL(4,1))", "Arithmetic overflow error converting numeric to data type numeric."),
    ("CAST('abc' AS DECIMAL(4,1))", "Error converting data type varchar to numeric."),
    ("CAST('' AS DECIMAL(4,1))", "Error converting data type varchar to numeric."),
    ("CAST('abc' AS FLOAT)", "Error converting data type varchar to float."),
    ("CAST('x' AS BIT)", "Conversion failed when converting the varchar value 'x' to data type bit."),
    ("CAST(12345 AS NVARCHAR(3))", "Arithmetic overflow error converting expression to data type nvarchar."),
    ("CAST(12.345 AS VARCHAR(3))", "Arithmetic overflow error converting numeric to data type varchar."),
    (
        "CAST('2026-05-07' AS UNIQUEIDENTIFIER)",
        "Conversion failed when converting from a character string to uniqueidentifier.",
    ),
    ("LEFT('abc',-1)", "Invalid length parameter passed to the left function."),
    ("SUBSTRING('abc',1,-1)", "Invalid length parameter passed to the LEFT or SUBSTRING function."),
    ("'a'+1", "Conversion failed when converting the varchar value 'a' to data type int."),
    ("'1.5'*2", "Conversion failed when converting the varchar value '1.5' to data type int."),
    ("'Total: '+1.5", "Error converting data type varchar to numeric."),
    ("'2026-05-07' + 1", "Conversion failed when converting the varchar value '2026-05-07' to data type int."),
    ("2147483647 + 1", "Arithmetic overflow error converting expression to data type int."),
    ("1 / 0", "Divide by zero error encountered."),
    ("5 % 0", "Divide by zero error encountered."),
    ("1.5 / 0", "Divide by zero error encountered."),
    ("COALESCE(NULL,'a',1)", "Conversion failed when converting the varchar value 'a' to data type int."),
    (
        "CASE WHEN 'abc' > 5 THEN 1 ELSE 0 END",
        "Conversion failed when converting the varchar value 'abc' to data type int.",
    ),
    ("100000*100000", "Arithmetic overflow error converting expression to data type int."),
    ("'a' - 1", "Conversion failed when converting the varchar value 'a' to data type int."),
]


@pytest.mark.parametrize(("expression", "message"), FAILING, ids=[each[0] for each in FAILING])
def test_an_expression_fails_in_sql_servers_words(mce: Mce, expression: str, message: str) -> None:
    _, key = mce.seed("x Text(400)", [["before"]])
    assert mce.run(f"SELECT {expression} AS x", key)["ErrorMsg"] == message
    assert mce.rows(key) == [{"x": "before"}]
