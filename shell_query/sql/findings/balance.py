"""Brackets, quotes, parentheses and comments without their other half, characters that mean nothing, and depth."""

from collections.abc import Iterator

from shell_query.sql.codes import Code
from shell_query.sql.lexer import DEPTH, Kind, Source, Token
from shell_query.sql.problem import Problem

MAX_NESTING = 100
"""Parentheses, CASEs and signs inside one another. The parser takes some 25 Python frames for each."""

_UNCLOSED = {
    "'": (Code.UNBALANCED_QUOTE, "quote"),
    '"': (Code.UNBALANCED_QUOTE, "double quote"),
    "[": (Code.UNBALANCED_BRACKET, "bracket"),
    "/*": (Code.UNCLOSED_COMMENT, "comment"),
}
_TYPOGRAPHIC = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}


def nesting(source: Source) -> tuple[int, Token | None]:
    """How deep the text goes, and the first token of the deepest place."""
    deepest, where, depth, signs = 0, None, 0, 0
    for token in source.tokens:
        depth += DEPTH.get(token.upper, 0)
        signs = signs + 1 if token.upper in ("NOT", "-", "+", "~") else 0
        if depth + signs > deepest:
            deepest, where = depth + signs, token
    return deepest, where


def unreadable(source: Source) -> Iterator[Problem]:
    for token in source.tokens:
        if token.kind is Kind.UNCLOSED:
            code, what = _UNCLOSED[token.text]
            fix = _closed(source, token) if what == "bracket" else None
            end = token.end if fix is None else token.start + len(fix) - 1
            message = f"This {what} is opened and never closed."
            yield source.problem(code, message, start=token.start, end=end, fix=fix)
        elif token.kind is Kind.UNKNOWN:
            yield _unknown(source, token)


def _closed(source: Source, token: Token) -> str | None:
    """`[Name` with its bracket: one word is what was meant, more cannot be told."""
    word = source.text[token.end :].split(None, 1)[:1]
    name = word[0].rstrip(",.;()") if word and source.text[token.end : token.end + 1].strip() else ""
    return f"[{name}]" if name.isidentifier() else None


def _unknown(source: Source, token: Token) -> Problem:
    if token.text == "]":
        message = "This bracket closes one that was never opened."
        return source.at(token, Code.UNBALANCED_BRACKET, message, fix="")
    if plain := _TYPOGRAPHIC.get(token.text):
        message = f"{token.text} is a typographic quote: write {plain} instead."
        return source.at(token, Code.UNEXPECTED_CHARACTER, message, fix=plain)
    return source.at(token, Code.UNEXPECTED_CHARACTER, f"{token.text!r} means nothing in a query.")


def unbalanced(source: Source) -> Iterator[Problem]:
    opened: list[Token] = []
    for token in source.tokens:
        if token.text == "(":
            opened.append(token)
        elif token.text == ")" and opened:
            opened.pop()
        elif token.text == ")":
            message = "This parenthesis closes one that was never opened."
            yield source.at(token, Code.UNBALANCED_PARENTHESIS, message, fix="")
    for token in opened:
        yield source.at(token, Code.UNBALANCED_PARENTHESIS, "This parenthesis is opened and never closed.")


def too_deep(source: Source) -> Iterator[Problem]:
    depth, where = nesting(source)
    if where and depth > MAX_NESTING:
        message = f"The query nests {depth} levels deep; {MAX_NESTING} are the most that can be read."
        yield source.at(where, Code.SQL_TOO_DEEP, message)
