"""Functions that Marketing Cloud does not have, or not everywhere."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.functions import FUNCTIONS
from shell_query.sql.lexer import Kind, Source, Token
from shell_query.sql.problem import Problem
from shell_query.sql.scope import MOST_NEAREST, nearest

# What is called the same way there under another name: the name alone mends it.
RENAMED = {
    "BTRIM": "TRIM",
    "CEIL": "CEILING",
    "CHARACTER_LENGTH": "LEN",
    "CHAR_LENGTH": "LEN",
    "CURDATE": "GETDATE",
    "GEN_RANDOM_UUID": "NEWID",
    "IFNULL": "ISNULL",
    "LCASE": "LOWER",
    "LENGTH": "LEN",
    "MID": "SUBSTRING",
    "NOW": "GETDATE",
    "NVL": "ISNULL",
    "REPEAT": "REPLICATE",
    "SUBSTR": "SUBSTRING",
    "SYSDATE": "GETDATE",
    "UCASE": "UPPER",
    "UTC_TIMESTAMP": "GETUTCDATE",
    "UUID": "NEWID",
}
# What is called in another way there, or is not there at all.
MISSING = {
    "DATE_ADD": "DATEADD",
    "DATE_FORMAT": "FORMAT",
    "DATE_PART": "DATEPART",
    "DATE_SUB": "DATEADD",
    "DATE_TRUNC": "DATEADD with DATEDIFF",
    "EXTRACT": "DATEPART",
    "GROUP_CONCAT": "STRING_AGG",
    "IF": "IIF",
    "INSTR": "CHARINDEX",
    "ISJSON": None,
    "LISTAGG": "STRING_AGG",
    "LOCATE": "CHARINDEX",
    "LPAD": "RIGHT with REPLICATE",
    "OPENJSON": None,
    "POSITION": "CHARINDEX",
    "REGEXP_LIKE": "LIKE or PATINDEX",
    "REGEXP_REPLACE": "REPLACE",
    "RPAD": "LEFT with REPLICATE",
    "SPLIT_PART": "CHARINDEX with SUBSTRING",
    "STRFTIME": "FORMAT",
    "STRING_SPLIT": None,
    "TO_CHAR": "FORMAT",
    "TO_DATE": "CONVERT",
    "TO_NUMBER": "CAST",
    "STR_TO_DATE": "CONVERT",
}
DISPUTED = {"TRY_CAST", "TRY_CONVERT", "TRY_PARSE", "STRING_AGG"}


def missing_or_disputed(source: Source) -> Iterator[Problem]:
    for token, after in pairwise(source.tokens):
        if token.kind is Kind.WORD and after.text == "(" and (problem := _of_call(source, token)):
            yield problem


def _of_call(source: Source, token: Token) -> Problem | None:
    name = token.upper
    if name in DISPUTED:
        message = f"{name} is not available in every Marketing Cloud account."
        return source.at(token, Code.DISPUTED_FUNCTION, message)
    if name not in RENAMED and name not in MISSING and not name.startswith("JSON_"):
        return None
    other = RENAMED.get(name) or MISSING.get(name)
    message = f"Marketing Cloud has no function {name}." + (f" Use {other}." if other else "")
    return source.at(token, Code.MISSING_FUNCTION, message, fix=RENAMED.get(name))


def unknown(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """A slip of the pen, most likely. Marketing Cloud may have more functions than anybody has written down."""
    left = MOST_NEAREST
    for call in tree.find_all(exp.Anonymous):
        name = str(call.name).upper()
        if name in FUNCTIONS or name in DISPUTED or isinstance(call.parent, exp.Dot) or "start" not in call.meta:
            continue
        other, left = (nearest(name, FUNCTIONS), left - 1) if left else (None, 0)
        message = f"{name} is not a function that we know; Marketing Cloud may." + (
            f" Is {other} meant?" if other else ""
        )
        start = call.meta["start"]
        yield source.problem(Code.UNKNOWN_FUNCTION, message, start=start, end=call.meta["end"] + 1, fix=other)
