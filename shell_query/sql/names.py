"""Names of output columns. Marketing Cloud maps columns to the target by name, so a name is never changed here:
one that a data extension cannot hold is a problem, and an alias mends it."""

from shell_query.sql.codes import Code

MAX_NAME = 128
USUAL_NAME = 50
"""50, 100 and 128 are all given as the limit of a field's name: up to 50 is safe, past 128 SQL Server refuses."""

_NEVER = set("[]\"'\r\n\t")


def fault_of(name: str) -> tuple[Code, str] | None:
    """What is wrong with the name, as a code and in words; None when it will do."""
    if not name.strip():
        return Code.COLUMN_NAME, "is empty"
    if name != name.strip():
        return Code.COLUMN_NAME, "begins or ends with a space"
    if len(name) > MAX_NAME:
        return Code.COLUMN_NAME, f"is longer than {MAX_NAME} characters"
    if _NEVER & set(name) or not name.isprintable():
        return Code.COLUMN_NAME, "has characters that a data extension cannot hold"
    if len(name) > USUAL_NAME:
        return Code.LONG_COLUMN_NAME, f"is longer than {USUAL_NAME} characters, which not every account takes"
    return None


def fold(name: str) -> str:
    """Names are compared without regard to case."""
    return name.lower()


def bracketed(name: str) -> str:
    """The name as it is written in SQL: in brackets unless it is a plain word."""
    if name.isidentifier() and name.isascii() and name.upper() not in _WORDS:
        return name
    return "[" + name.replace("]", "]]") + "]"


_WORDS_TEXT = """
    ALL AND ANY AS ASC BETWEEN BY CASE CAST COLLATE CONVERT CROSS CURRENT DATE DEFAULT DESC DISTINCT ELSE END ESCAPE
    EXCEPT EXISTS FETCH FOR FROM FULL GROUP HAVING IF IN INNER INTERSECT INTO IS JOIN KEY LEFT LIKE NOT NULL OFFSET ON
    OPTION OR ORDER OUTER OVER PERCENT PIVOT PRIMARY RIGHT ROW ROWS SELECT SET SOME TABLE THEN TO TOP UNION UNIQUE
    UNPIVOT UPDATE USER VALUES VIEW WHEN WHERE WITH
"""
_WORDS = frozenset(_WORDS_TEXT.split())
"""Reserved in T-SQL, or read as something else by a parser."""
