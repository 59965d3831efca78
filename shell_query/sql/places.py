"""Where a node of the tree stands in the text."""

from sqlglot import exp

from shell_query.sql.lexer import Source
from shell_query.sql.problem import Problem, Severity


def span(node: exp.Expr) -> tuple[int, int]:
    """The first character and the one after the last of what the parser has placed; (0, 0) where it placed nothing."""
    start, end = None, 0
    for part in node.walk():
        first = part.meta.get("start")
        if first is not None:
            start = first if start is None else min(start, first)
            end = max(end, part.meta["end"] + 1)
    return start or 0, end


def at_node(
    source: Source,
    node: exp.Expr,
    code: str,
    message: str,
    *,
    severity: Severity = "error",
    fix: str | None = None,
) -> Problem:
    start, end = span(node)
    return source.problem(code, message, start=start, end=end, severity=severity, fix=fix)
