"""A JOIN without its ON."""

from collections.abc import Iterator

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.problem import Problem

_AFTER_JOINS = {"WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", ")"}
_OUTER = {"LEFT", "RIGHT", "FULL", "OUTER"}


def without_on(source: Source) -> Iterator[Problem]:
    """The parser would try every way to give one ON to several joins, without end."""
    waiting: list[list[int]] = [[]]
    before = ""
    for index, token in enumerate((*source.tokens, None)):
        word = token.upper if token else ")"
        if word == "(":
            waiting.append([])
        elif word == "JOIN" and before != "CROSS":
            waiting[-1].append(index)
        elif word == "ON" and waiting[-1]:
            waiting[-1].pop()
        elif word in _AFTER_JOINS:
            yield from (_problem(source, join) for join in waiting[-1])
            waiting[-1].clear()
            if word == ")":
                waiting.pop()
        before = word


def _problem(source: Source, index: int) -> Problem:
    tokens = source.tokens
    before = tokens[index - 1].upper if index else ""
    start = tokens[index - 1 if before == "INNER" else index].start
    return source.problem(
        Code.JOIN_WITHOUT_ON,
        "This JOIN has no ON: write its condition, or CROSS JOIN.",
        start=start,
        end=tokens[index].end,
        fix=None if before in _OUTER else "CROSS JOIN",
    )
