"""Whatever is not one plain SELECT: other statements, several of them, CTEs, INTO, variables."""

from collections.abc import Iterator
from itertools import pairwise

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Kind, Source, Token
from shell_query.sql.problem import Problem

Known = tuple[Code, str]

_CTE: Known = (Code.CTE, "WITH is not available: write the common table expression as a derived table.")
_EXEC: Known = (Code.EXEC, "Procedures cannot be run.")
_VARIABLE: Known = (Code.VARIABLE, "There are no variables: write the value where it is used.")
_FIRST_WORDS = {"WITH": _CTE, "EXEC": _EXEC, "EXECUTE": _EXEC, "DECLARE": _VARIABLE, "SET": _VARIABLE}

# Reserved in T-SQL: outside brackets they can only begin something that is not a SELECT.
_STATEMENTS = """
    ALTER BACKUP BEGIN BREAK BULK CHECKPOINT CLOSE COMMIT CONTINUE CREATE DBCC DEALLOCATE DELETE DENY DROP DUMP GOTO
    GRANT INSERT KILL LOAD MERGE OPEN OPENDATASOURCE OPENQUERY OPENROWSET OPENXML PRINT RAISERROR READTEXT RECONFIGURE
    RESTORE RETURN REVERT REVOKE ROLLBACK SAVE SET SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR WHILE
    WRITETEXT
"""
RESERVED: dict[str, Known] = {
    word: (
        Code.RESERVED_WORD,
        f"{word} is a reserved word: only one SELECT can be run. A name goes in brackets: [{word}].",
    )
    for word in _STATEMENTS.split()
} | {"EXEC": _EXEC, "EXECUTE": _EXEC, "DECLARE": _VARIABLE}

_BEFORE_A_SELECT = {"(", "UNION", "ALL", "EXCEPT", "INTERSECT"}


def first_word(source: Source) -> Iterator[Problem]:
    first = source.tokens[0]
    if first.upper == "SELECT":
        return
    code, why = _FIRST_WORDS.get(first.upper, (Code.NOT_A_SELECT, ""))
    message = f"Only SELECT queries are valid, and SELECT must be the first word. {why}".strip()
    yield source.at(first, code, message)


def inner_ctes(source: Source) -> Iterator[Problem]:
    for token, after in pairwise(source.tokens):
        if token.upper == "WITH" and after.upper not in ("(", "TIES", "ROLLUP", "CUBE"):
            yield source.at(token, *_CTE)


def reserved_words(source: Source) -> Iterator[Problem]:
    before = ""
    for token in source.tokens:
        if token.kind is Kind.WORD and before != "." and (known := RESERVED.get(token.upper)):
            yield source.at(token, *known)
        before = token.text


def select_into(source: Source) -> Iterator[Problem]:
    """INTO and the table after it, which nobody needs."""
    tokens = source.tokens
    for index, token in enumerate(tokens):
        if token.upper != "INTO" or (index and tokens[index - 1].text == "."):
            continue
        end = index + 1
        while end < len(tokens) and (_is_name(tokens[end]) or tokens[end].text == "."):
            end += 1
        message = "SELECT INTO is not available: the rows go to the data extension made for them."
        yield source.problem(Code.SELECT_INTO, message, start=token.start, end=tokens[end - 1].end, fix="")


def _is_name(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.BRACKETED, Kind.QUOTED) and token.upper not in ("FROM", "WHERE")


def semicolons(source: Source) -> Iterator[Problem]:
    trailing = True
    for token in reversed(source.tokens):
        if token.text != ";":
            trailing = False
        elif trailing:
            yield source.at(token, Code.TRAILING_SEMICOLON, "';' is a reserved word and may not be used.", fix="")
        else:
            message = "';' is a reserved word and may not be used: only one SELECT can be run."
            yield source.at(token, Code.SEVERAL_STATEMENTS, message)


def second_selects(source: Source) -> Iterator[Problem]:
    for before, token in pairwise(source.tokens):
        if token.upper == "SELECT" and before.upper not in _BEFORE_A_SELECT and before.text != ";":
            message = "A second SELECT begins here: only one can be run. UNION ALL puts two together."
            yield source.at(token, Code.SEVERAL_STATEMENTS, message)


def variables(source: Source) -> Iterator[Problem]:
    for token in source.tokens:
        if token.kind is Kind.VARIABLE:
            message = f"There are no variables: write the value in place of {token.text}."
            yield source.at(token, Code.VARIABLE, message)
        elif token.kind is Kind.WORD and token.text.startswith("#"):
            message = f"There are no temporary tables: write {token.text} as a derived table."
            yield source.at(token, Code.TEMPORARY_TABLE, message)
