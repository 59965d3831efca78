"""Generated SELECTs over the sandbox's sample tables. Each is right in itself: what fails is a column too small."""

from hypothesis import strategies as st

Text = st.SearchStrategy[str]

EXTREMES = "Id Number, Short Text(3), Wide Text(60), Money Decimal(10,2), Share Decimal(5,4)"
EXTREME_ROWS = [
    [0, "aaa", "a" * 60, "99999999.99", "9.9999"],
    [1, "ŻŁ€", "a b" * 20, "-99999999.99", "-9.9999"],
    [2, "", " " * 59 + "z", "0.01", "0.0001"],
]
"""As long as each type allows, and drawn often: the sample tables have room to spare, and would not show a length too
short."""


def either(*texts: str) -> Text:
    return st.sampled_from(texts)


def call(pattern: str, *arguments: Text) -> Text:
    return st.builds(pattern.format, *arguments)


CONDITIONS = either("p.ProductID > 100", "s.Country = 'DE'", "n.OptIn = 1", "n.Source IS NULL", "1 = 1", "1 = 2")

NUMBERS: Text = st.deferred(lambda: NUMBER_LEAVES | larger_numbers())
NUMBER_LEAVES: Text = either("p.ProductID", "s.StoreID", "n.CustomerID", "0", "-7", "32767", "NULLIF(1, 1)")


def larger_numbers() -> Text:
    return st.one_of(
        call("({} {} {})", NUMBER_LEAVES, either("+", "-", "*", "|"), NUMBER_LEAVES),
        call("({} % 7)", NUMBERS),
        call("ABS({})", NUMBER_LEAVES),
        call("LEN({})", TEXTS),
        call("CHARINDEX('a', {})", TEXT_LEAVES),
        call("{}({})", either("YEAR", "MONTH", "DAY"), DATES),
        call("DATEDIFF({}, {}, {})", either("day", "month", "year"), DATES, DATE_LEAVES),
        call("CASE WHEN {} THEN {} ELSE {} END", CONDITIONS, NUMBER_LEAVES, NUMBER_LEAVES),
        call("{}({}, {})", either("ISNULL", "COALESCE", "NULLIF"), NUMBER_LEAVES, NUMBER_LEAVES),
        call("CAST({} AS INT)", either("p.Price", "p.Weight", "-2.5")),
    )


DECIMALS: Text = st.deferred(lambda: st.one_of(DECIMAL_LEAVES, *larger_decimals()))
DECIMAL_LEAVES: Text = either(
    "p.Price", "p.Weight", "s.Latitude", "1.25", "-0.001", "3000000000", *("x.Money", "x.Share") * 3
)


def larger_decimals() -> tuple[Text, ...]:
    return (
        call("({} {} {})", DECIMAL_LEAVES, either("+", "-", "*"), DECIMAL_LEAVES | NUMBER_LEAVES),
        call("({} / {})", DECIMAL_LEAVES, either("3", "2.5", "0.01")),
        call("ROUND({}, {})", DECIMAL_LEAVES, either("0", "1", "-1")),
        call("{}({})", either("FLOOR", "CEILING", "ABS", "-"), DECIMAL_LEAVES),
        call("CAST({} AS DECIMAL({}))", DECIMAL_LEAVES, either("18, 4", "20, 0", "29, 8")),
        call("CASE WHEN {} THEN {} ELSE {} END", CONDITIONS, DECIMALS, NUMBER_LEAVES),
        call("COALESCE({}, {})", DECIMAL_LEAVES, NUMBER_LEAVES),
    )


TEXTS: Text = st.deferred(lambda: st.one_of(TEXT_LEAVES, *larger_texts()))
TEXT_LEAVES: Text = either(
    *("p.SKU", "p.ProductName", "s.City", "s.Country", "n.Email", "n.Source", "n.Notes", "n.FirstName"),
    *("x.Short", "x.Wide", "'abc'") * 6,
    *("N'ż😀'", "N''", "' '"),
)


def larger_texts() -> tuple[Text, ...]:
    return (
        call("({} + {})", TEXTS, TEXT_LEAVES),
        call("CONCAT({}, {}, {})", TEXTS, NUMBER_LEAVES, DECIMAL_LEAVES),
        call("{}({}, {})", either("LEFT", "RIGHT", "REPLICATE"), TEXT_LEAVES, either("0", "1", "3")),
        call("SUBSTRING({}, {}, {})", TEXTS, either("1", "2"), either("1", "5", "500")),
        call("{}({})", either("UPPER", "LOWER", "LTRIM", "RTRIM", "TRIM", "REVERSE"), TEXTS),
        call("REPLACE({}, {}, {})", TEXT_LEAVES, either("'a'", "'Jacke'", "' '"), either("''", "'xyz'", "s.City")),
        call("STUFF({}, 1, 2, {})", TEXT_LEAVES, TEXT_LEAVES),
        call("CASE WHEN {} THEN {} ELSE {} END", CONDITIONS, TEXTS, TEXTS),
        call("{}({}, {})", either("COALESCE", "NULLIF"), TEXTS, TEXT_LEAVES),
        call("IIF({}, {}, {})", CONDITIONS, TEXT_LEAVES, TEXT_LEAVES),
        call("CONVERT(VARCHAR({}), {}, {})", either("10", "30"), DATES, either("120", "103", "112")),
        call("CAST({} AS VARCHAR(40))", NUMBERS | DECIMAL_LEAVES | TEXT_LEAVES),
        call("CAST({} AS NVARCHAR)", NUMBER_LEAVES | DATE_LEAVES),
        call("DATENAME({}, {})", either("month", "weekday"), DATES),
    )


DATES: Text = st.deferred(lambda: DATE_LEAVES | larger_dates())
DATE_LEAVES: Text = either("p.LaunchDate", "s.OpenedOn", "n.SignedUpAt", "GETDATE()", "CAST('2024-02-29' AS DATE)")


def larger_dates() -> Text:
    return st.one_of(
        call("DATEADD({}, {}, {})", either("day", "month", "hour"), either("1", "-40", "p.ProductID"), DATE_LEAVES),
        call("CASE WHEN {} THEN {} END", CONDITIONS, DATE_LEAVES),
        call("{}({}, {})", either("COALESCE", "ISNULL"), DATE_LEAVES, DATE_LEAVES),
    )


BOOLEANS = either("p.IsDiscontinued", "n.OptIn", "CAST(1 AS BIT)", "CAST(p.ProductID AS BIT)")
WINDOWS = (
    call("ROW_NUMBER() OVER (PARTITION BY {} ORDER BY p.ProductID)", TEXT_LEAVES),
    call("SUM({}) OVER (PARTITION BY {})", DECIMAL_LEAVES | NUMBER_LEAVES, TEXT_LEAVES),
    call("LAG({}) OVER (ORDER BY p.ProductID)", TEXT_LEAVES),
)
KINDS = (NUMBERS, DATES, BOOLEANS, *WINDOWS, *(DECIMALS,) * 4, *(TEXTS,) * 10)
SUMMED = (
    call("SUM({})", NUMBERS | DECIMALS),
    call("AVG({})", NUMBERS | DECIMALS),
    call("{}({})", either("MIN", "MAX"), NUMBERS | DECIMALS | TEXTS | DATES),
    call("{}({})", either("COUNT", "COUNT_BIG"), either("*", "n.Source", "DISTINCT s.City")),
)
SOURCE = (
    "FROM Products p {} JOIN Stores s ON s.StoreID = p.ProductID % 30 "
    "LEFT JOIN [Newsletter Signups] n ON n.CustomerID = p.ProductID * 3 LEFT JOIN Extremes x ON x.Id = p.ProductID % 4"
)
SOURCES = either(SOURCE.format("LEFT"), SOURCE.format("INNER"))


@st.composite
def selects(draw: st.DrawFn) -> str:
    """Some columns of known kinds, plain or summed, joined by UNION ALL, wrapped in a derived table."""
    window_free = draw(st.booleans())
    kinds = draw(st.lists(st.sampled_from(SUMMED if window_free else KINDS), min_size=8, max_size=20))
    branches = [_select(draw, kinds) for _ in range(1 if window_free else draw(st.integers(1, 2)))]
    sql = " UNION ALL ".join(branches)
    return draw(either("{}", "SELECT * FROM ({}) q", "SELECT q.*, 1 AS one FROM ({}) q")).format(sql)


def _select(draw: st.DrawFn, kinds: list[Text]) -> str:
    items = ", ".join(f"{draw(kind)} AS c{number}" for number, kind in enumerate(kinds))
    where = draw(either("", " WHERE p.ProductID < 50", " WHERE n.Email LIKE 'customer1%'"))
    return f"SELECT {items} {draw(SOURCES)}{where}"
