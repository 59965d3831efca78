"""What can be refused by looking at the words alone, before the text is parsed."""

from collections.abc import Iterator

from shell_query.sql.lexer import Kind, Source, Token
from shell_query.sql.problem import Problem

MAX_NESTING = 100
"""Parentheses, CASEs and signs inside one another. The parser takes some 25 Python frames for each."""

_FIRST_WORDS = {
    "WITH": ("cte", "WITH is not available: write the common table expression as a derived table."),
    "EXEC": ("exec", "Procedures cannot be run."),
    "EXECUTE": ("exec", "Procedures cannot be run."),
    "DECLARE": ("variable", "There are no variables: write the value where it is used."),
    "SET": ("variable", "There are no variables: write the value where it is used."),
}

# Reserved in T-SQL: outside brackets they can only begin something that is not a SELECT.
_RESERVED = {
    "INTO": ("select_into", "SELECT INTO is not available: the rows go to the data extension made for them."),
    "EXEC": _FIRST_WORDS["EXEC"],
    "EXECUTE": _FIRST_WORDS["EXECUTE"],
    "DECLARE": _FIRST_WORDS["DECLARE"],
}
_STATEMENTS = """
    ALTER BACKUP CREATE DELETE DENY DROP GRANT INSERT KILL MERGE OPENQUERY OPENROWSET PRINT RAISERROR RESTORE REVOKE SET
    SHUTDOWN TRUNCATE UPDATE USE WAITFOR
"""
_RESERVED |= {
    word: (
        "reserved_word",
        f"{word} is a reserved word: only one SELECT can be run. A name goes in brackets: [{word}].",
    )
    for word in _STATEMENTS.split()
}

# What is not there, and what to write instead where there is such a thing.
_MISSING_FUNCTIONS = {
    "STRING_SPLIT": None,
    "OPENJSON": None,
    "ISJSON": None,
    "CHAR_LENGTH": "LEN",
    "CURDATE": "GETDATE",
    "IFNULL": "ISNULL",
    "LENGTH": "LEN",
    "NOW": "GETDATE",
    "NVL": "ISNULL",
    "SUBSTR": "SUBSTRING",
    "UCASE": "UPPER",
    "LCASE": "LOWER",
    "DATE_FORMAT": "FORMAT",
    "DATE_ADD": "DATEADD",
    "DATE_SUB": "DATEADD",
    "GROUP_CONCAT": "STRING_AGG",
    "INSTR": "CHARINDEX",
    "TO_DATE": None,
    "LPAD": None,
    "RPAD": None,
}
_SAME_ARGUMENTS = {"CHAR_LENGTH", "CURDATE", "IFNULL", "LENGTH", "NOW", "NVL", "SUBSTR", "UCASE", "LCASE"}
_DISPUTED_FUNCTIONS = {"TRY_CAST", "TRY_CONVERT", "TRY_PARSE", "STRING_AGG"}

_BEFORE_A_LIST = {"SELECT", "DISTINCT", "BY", "VALUES", "IN", "("}
_AFTER_A_LIST = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "OFFSET", ")", ","}
_AFTER_JOINS = {"WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", ")"}
_BEFORE_A_SELECT = {"(", "UNION", "ALL", "EXCEPT", "INTERSECT"}
_TYPOGRAPHIC = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}


def problems_of_words(source: Source) -> list[Problem]:
    """All that the words show. With an error among them the text need not be parsed."""
    if not source.tokens:
        return [source.problem("empty", "There is no query: write a SELECT.", start=0)]
    for check in (_unreadable, _unbalanced, _too_deep, _first_word, _inner_ctes):
        if found := list(check(source)):
            return found
    return [problem for check in _CHECKS for problem in check(source)]


def nesting(source: Source) -> tuple[int, Token | None]:
    """How deep the text goes, and the first token of the deepest place."""
    deepest, where, depth, signs = 0, None, 0, 0
    for token in source.tokens:
        if token.upper in ("(", "CASE"):
            depth += 1
        elif token.upper in (")", "END"):
            depth -= 1
        signs = signs + 1 if token.upper in ("NOT", "-", "+", "~") else 0
        if depth + signs > deepest:
            deepest, where = depth + signs, token
    return deepest, where


def _unreadable(source: Source) -> Iterator[Problem]:
    unclosed = {"'": ("unbalanced_quote", "quote"), '"': ("unbalanced_quote", "double quote")}
    unclosed |= {"[": ("unbalanced_bracket", "bracket"), "/*": ("unclosed_comment", "comment")}
    for token in source.tokens:
        if token.kind is Kind.UNCLOSED:
            code, what = unclosed[token.text]
            yield source.at(token, code, f"This {what} is opened and never closed.")
        elif token.kind is Kind.UNKNOWN and token.text == "]":
            yield source.at(token, "unbalanced_bracket", "This bracket closes one that was never opened.")
        elif token.kind is Kind.UNKNOWN and (plain := _TYPOGRAPHIC.get(token.text)):
            message = f"{token.text} is a typographic quote: write {plain} instead."
            yield source.at(token, "unexpected_character", message, fix=plain)
        elif token.kind is Kind.UNKNOWN:
            yield source.at(token, "unexpected_character", f"{token.text!r} means nothing in a query.")


def _unbalanced(source: Source) -> Iterator[Problem]:
    opened: list[Token] = []
    for token in source.tokens:
        if token.text == "(":
            opened.append(token)
        elif token.text == ")" and opened:
            opened.pop()
        elif token.text == ")":
            message = "This parenthesis closes one that was never opened."
            yield source.at(token, "unbalanced_parenthesis", message)
    for token in opened:
        yield source.at(token, "unbalanced_parenthesis", "This parenthesis is opened and never closed.")


def _too_deep(source: Source) -> Iterator[Problem]:
    depth, where = nesting(source)
    if where and depth > MAX_NESTING:
        message = f"The query nests {depth} levels deep; {MAX_NESTING} are the most that can be read."
        yield source.at(where, "sql_too_deep", message)


def _first_word(source: Source) -> Iterator[Problem]:
    first = source.tokens[0]
    if first.upper == "SELECT":
        return
    code, why = _FIRST_WORDS.get(first.upper, ("not_a_select", ""))
    message = f"Only SELECT queries are valid, and SELECT must be the first word. {why}".strip()
    yield source.at(first, code, message)


def _inner_ctes(source: Source) -> Iterator[Problem]:
    for token, after in zip(source.tokens, source.tokens[1:], strict=False):
        if token.upper == "WITH" and after.upper not in ("(", "TIES", "ROLLUP", "CUBE"):
            yield source.at(token, *_FIRST_WORDS["WITH"])


def _reserved_words(source: Source) -> Iterator[Problem]:
    before = ""
    for token in source.tokens:
        if token.kind is Kind.WORD and before != "." and (known := _RESERVED.get(token.upper)):
            yield source.at(token, *known)
        before = token.text


def _several_statements(source: Source) -> Iterator[Problem]:
    trailing = True
    for token in reversed(source.tokens):
        if token.text != ";":
            trailing = False
        elif trailing:
            yield source.at(token, "trailing_semicolon", "';' is a reserved word and may not be used.", fix="")
        else:
            message = "';' is a reserved word and may not be used: only one SELECT can be run."
            yield source.at(token, "several_statements", message)
    for before, token in zip(source.tokens, source.tokens[1:], strict=False):
        if token.upper == "SELECT" and before.upper not in _BEFORE_A_SELECT and before.text != ";":
            message = "A second SELECT begins here: only one can be run. UNION ALL puts two together."
            yield source.at(token, "several_statements", message)


def _variables(source: Source) -> Iterator[Problem]:
    for token in source.tokens:
        if token.kind is Kind.VARIABLE:
            message = f"There are no variables: write the value in place of {token.text}."
            yield source.at(token, "variable", message)
        elif token.kind is Kind.WORD and token.text.startswith("#"):
            message = f"There are no temporary tables: write {token.text} as a derived table."
            yield source.at(token, "temporary_table", message)


def _limit(source: Source) -> Iterator[Problem]:
    for before, token in zip(source.tokens, source.tokens[1:], strict=False):
        if before.upper == "LIMIT" and token.kind is Kind.NUMBER:
            message = f"There is no LIMIT: write SELECT TOP {token.text} instead."
            yield source.problem("limit", message, start=before.start, end=token.end)


def _joins(source: Source) -> Iterator[Problem]:
    """Each JOIN has its ON. The parser would try every way to give one ON to several joins, without end."""
    waiting: list[list[Token]] = [[]]
    before = ""
    for token in (*source.tokens, None):
        word = token.upper if token else ")"
        if word == "(":
            waiting.append([])
        elif token and word == "JOIN" and before != "CROSS":
            waiting[-1].append(token)
        elif word == "ON" and waiting[-1]:
            waiting[-1].pop()
        elif word in _AFTER_JOINS:
            for join in waiting[-1]:
                yield source.at(join, "join_without_on", "This JOIN has no ON: write its condition, or CROSS JOIN.")
            waiting[-1].clear()
            if word == ")":
                waiting.pop()
        before = word


def _commas(source: Source) -> Iterator[Problem]:
    tokens = source.tokens
    for index, token in enumerate(tokens):
        if token.text != ",":
            continue
        before = tokens[index - 1].upper
        after = tokens[index + 1].upper if index + 1 < len(tokens) else ")"
        if before in _BEFORE_A_LIST or after in _AFTER_A_LIST:
            yield source.at(token, "stray_comma", "There is nothing on one side of this comma.", fix="")


def _empty_in(source: Source) -> Iterator[Problem]:
    tokens = source.tokens
    for word, opening, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (word.upper, opening.text, closing.text) == ("IN", "(", ")"):
            message = "IN needs at least one value between its parentheses."
            yield source.problem("empty_in", message, start=word.start, end=closing.end)


def _functions(source: Source) -> Iterator[Problem]:
    for token, after in zip(source.tokens, source.tokens[1:], strict=False):
        if token.kind is not Kind.WORD or after.text != "(":
            continue
        if token.upper in _MISSING_FUNCTIONS or token.upper.startswith("JSON_"):
            other = _MISSING_FUNCTIONS.get(token.upper)
            message = f"Marketing Cloud has no function {token.upper}." + (f" Use {other}." if other else "")
            fix = other if token.upper in _SAME_ARGUMENTS else None
            yield source.at(token, "missing_function", message, fix=fix)
        elif token.upper in _DISPUTED_FUNCTIONS:
            message = f"{token.upper} is not available in every Marketing Cloud account."
            yield source.at(token, "disputed_function", message, severity="warning")


_CHECKS = (
    _reserved_words,
    _several_statements,
    _variables,
    _limit,
    _joins,
    _commas,
    _empty_in,
    _functions,
)
