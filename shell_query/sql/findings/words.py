"""All that the words of a text show, before it is parsed."""

from collections.abc import Callable, Iterator

from shell_query.sql.codes import Code
from shell_query.sql.findings import balance, characters, functions, joins, limits, lists, names, statement, style
from shell_query.sql.lexer import Source
from shell_query.sql.problem import Problem

Check = Callable[[Source], Iterator[Problem]]

# With one of these nothing that comes after it can be told: its findings come alone.
FIRST: tuple[Check, ...] = (
    balance.unreadable,
    balance.unbalanced,
    balance.too_deep,
    statement.first_word,
    statement.inner_ctes,
)
ALL: tuple[Check, ...] = (
    characters.unsendable,
    characters.double_equals,
    statement.reserved_words,
    statement.select_into,
    statement.semicolons,
    statement.second_selects,
    statement.variables,
    limits.limit,
    joins.without_on,
    lists.stray_commas,
    lists.empty_in,
    functions.missing_or_disputed,
    names.hyphens_and_spaces,
    style.bang_equals,
)


def problems_of_words(source: Source) -> list[Problem]:
    """With an error among them the text need not be parsed."""
    if not source.tokens:
        return [source.problem(Code.EMPTY, "There is no query: write a SELECT.", start=0)]
    for check in FIRST:
        if found := list(check(source)):
            return found
    return [problem for check in ALL for problem in check(source)]
