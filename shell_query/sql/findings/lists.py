"""Commas with nothing beside them, and lists with nothing in them."""

from collections.abc import Iterator

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.problem import Problem

_BEFORE_A_LIST = {"SELECT", "DISTINCT", "BY", "VALUES", "IN", "("}
_AFTER_A_LIST = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "OFFSET", ")", ","}


def stray_commas(source: Source) -> Iterator[Problem]:
    tokens = source.tokens
    for index, token in enumerate(tokens):
        if token.text != ",":
            continue
        before = tokens[index - 1].upper
        after = tokens[index + 1].upper if index + 1 < len(tokens) else ")"
        if before in _BEFORE_A_LIST or after in _AFTER_A_LIST:
            yield source.at(token, Code.STRAY_COMMA, "There is nothing on one side of this comma.", fix="")


def empty_in(source: Source) -> Iterator[Problem]:
    """IN (NULL) finds no row, as an empty list would. NOT IN (NULL) finds none either, where an empty one finds all."""
    tokens = source.tokens
    for index in range(len(tokens) - 2):
        if [token.upper for token in tokens[index : index + 3]] == ["IN", "(", ")"]:
            message = "IN needs at least one value between its parentheses."
            fix = None if index and tokens[index - 1].upper == "NOT" else "IN (NULL)"
            start, end = tokens[index].start, tokens[index + 2].end
            yield source.problem(Code.EMPTY_IN, message, start=start, end=end, fix=fix)
