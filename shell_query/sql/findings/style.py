"""What is right and still not how it should be written."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.problem import Problem


def bang_equals(source: Source) -> Iterator[Problem]:
    for token in source.tokens:
        if token.text == "!=":
            message = "!= works; the standard writes <>, which every SQL tool understands."
            yield source.at(token, Code.BANG_EQUALS, message, fix="<>")


def nolock(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """Only where the parser took it for a hint: a column may be called so."""
    hints = sum(1 for hint in tree.find_all(exp.WithTableHint) for word in hint.expressions if _is_nolock(word))
    if not hints:
        return
    for index, (before, token) in enumerate(pairwise(source.tokens)):
        if token.upper == "NOLOCK" and before.text in ("(", ","):
            yield _of_hint(source, index + 1)


def _is_nolock(word: exp.Expr) -> bool:
    return str(word.name).upper() == "NOLOCK"


def _of_hint(source: Source, index: int) -> Problem:
    """Alone it goes with its parentheses and WITH, among others with a comma."""
    tokens = source.tokens
    message = "NOLOCK changes nothing: Marketing Cloud runs every query that way."
    first, last = index, index
    if tokens[index - 1].text == ",":
        first = index - 1
    elif tokens[index + 1].text == ",":
        last = index + 1
    else:
        first, last = index - 1, index + 1
        first -= 1 if first and tokens[first - 1].upper == "WITH" else 0
    return source.problem(Code.NOLOCK, message, start=tokens[first].start, end=tokens[last].end, fix="")
