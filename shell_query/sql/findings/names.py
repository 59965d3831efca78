"""Names with spaces or hyphens that stand without brackets, as far as the words show it."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from shell_query.sql.codes import Code
from shell_query.sql.findings.statement import RESERVED
from shell_query.sql.lexer import Kind, Source, Token
from shell_query.sql.names import bracketed
from shell_query.sql.problem import Problem

LONGEST_SHORT_ALIAS = 2
"""FROM Newsletter Signups ns: the last word is an alias."""

_NOT_NAMES_TEXT = """
    AS CROSS EXCEPT FETCH FOR FROM FULL GROUP HAVING INNER INTERSECT JOIN LEFT LIMIT NOLOCK OFFSET ON OPTION ORDER OUTER
    PIVOT RIGHT SELECT TABLESAMPLE UNION UNPIVOT USING WHERE WITH
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split()) | {*RESERVED, "INTO"}


def hyphens_and_spaces(source: Source) -> Iterator[Problem]:
    """FROM My-Table, FROM My Big Table. Two words alone may be a table and its alias."""
    for index, token in enumerate(source.tokens):
        if token.upper not in ("FROM", "JOIN") or (index and source.tokens[index - 1].upper == "DISTINCT"):
            continue
        first = index + 1
        if [part.upper for part in source.tokens[first : first + 2]] == ["ENT", "."]:
            first += 2
        parts = _name_at(source.tokens[first : first + 20])
        if parts:
            name = source.text[parts[0].start : parts[-1].end]
            message = f"The name {name} goes in brackets: {bracketed(name)}."
            start, end = parts[0].start, parts[-1].end
            yield source.problem(Code.UNBRACKETED_NAME, message, start=start, end=end, fix=bracketed(name))


def _name_at(tokens: Sequence[Token]) -> list[Token]:
    """The words that can only be one name: with hyphens or numbers among them, or three and more in a row."""
    parts = list(takewhile(_is_part, tokens))
    odd = [place for place, token in enumerate(parts) if token.kind is not Kind.WORD]
    if odd and odd[0] > 0:
        # A word after the last part with a hyphen or a number is the alias.
        parts = parts[: odd[-1] + (2 if parts[odd[-1]].text == "-" else 1)]
        return parts if parts[-1].text != "-" else []
    if not odd and len(parts) > 2:
        return parts[:-1] if len(parts[-1].text) <= LONGEST_SHORT_ALIAS else parts
    return []


def _is_part(token: Token) -> bool:
    if token.kind is Kind.WORD:
        return token.upper not in _NOT_NAMES
    return token.text == "-" or token.kind is Kind.NUMBER
