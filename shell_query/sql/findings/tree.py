"""All that the tree shows without knowing any table."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from shell_query.sql.findings import distinct, functions, grouping, limits, outputs, slow, sources, style, windows
from shell_query.sql.lexer import Source
from shell_query.sql.problem import Problem

Check = Callable[[exp.Query, Source], Iterator[Problem]]

ALL: tuple[Check, ...] = (
    functions.unknown,
    limits.orders,
    limits.ties,
    distinct.orders,
    outputs.outermost,
    outputs.derived,
    sources.without_alias,
    sources.aliases_taken,
    grouping.aggregates_in_where,
    grouping.not_grouped,
    windows.windows_in_clauses,
    windows.nested_aggregates,
    slow.leading_wildcards,
    style.nolock,
)


def problems_of_tree(tree: exp.Query, source: Source) -> list[Problem]:
    return [problem for check in ALL for problem in check(tree, source)]
