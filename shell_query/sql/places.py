"""Where a node of the tree stands in the text."""

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import DEPTH, Source
from shell_query.sql.problem import Problem

_CALLS_WITH_SYNTAX = (exp.Cast, exp.Convert, exp.Trim)
_THEIR_WORDS = ("CAST", "TRY_CAST", "PARSE", "TRY_PARSE", "CONVERT", "TRY_CONVERT", "TRIM")


def span(node: exp.Expr) -> tuple[int, int]:
    """The first character and the one after the last of what the parser has placed; (0, 0) where it placed nothing."""
    start, end = None, 0
    for part in node.walk():
        first = part.meta.get("start")
        if first is not None:
            start = first if start is None else min(start, first)
            end = max(end, part.meta["end"] + 1)
    return start or 0, end


def reach(source: Source, node: exp.Expr) -> tuple[int, int]:
    """As `span`, with the parentheses, CASEs and ENDs that belong to it: the parser places only what stands inside."""
    start, end = span(node)
    if end == 0:
        return start, end
    first, last = source.index_at(start), source.index_at(end - 1)
    if isinstance(node, exp.Case):
        first = _back_to(source, first, "CASE")
        last = source.closing(first)
    elif isinstance(node, _CALLS_WITH_SYNTAX):
        inner = node.args.get("expression") if isinstance(node, exp.Convert) else node.this
        if isinstance(inner, _CALLS_WITH_SYNTAX):
            first = source.index_at(reach(source, inner)[0]) - 1
        first = _back_to(source, first, *_THEIR_WORDS)
        last = source.closing(first + 1)
    elif last + 1 < len(source.tokens) and source.tokens[last + 1].text == "(" and node.find(exp.Anonymous):
        last = source.closing(last + 1)  # NEWID(): nothing inside is placed
    first, last = _balanced(source, first, last)
    if isinstance(node, exp.Paren | exp.Subquery) and first and source.tokens[first].text != "(":
        first = _back_to(source, first - 1, "(")
        last = source.closing(first)
    return source.tokens[first].start, source.tokens[last].end


def from_word(source: Source, node: exp.Expr, word: str) -> tuple[int, int]:
    """As `reach`, from the last such word before the node on."""
    start, end = span(node)
    first, last = _balanced(source, _back_to(source, source.index_at(start), word), source.index_at(max(0, end - 1)))
    return source.tokens[first].start, source.tokens[last].end


def _back_to(source: Source, index: int, *words: str) -> int:
    while index > 0 and source.tokens[index].upper not in words:
        index -= 1
    return index


def _balanced(source: Source, first: int, last: int) -> tuple[int, int]:
    """A range of tokens in which all that is opened is closed: widened where it is not."""
    tokens = source.tokens
    depth = lowest = 0
    for token in tokens[first : last + 1]:
        depth += DEPTH.get(token.upper, 0)
        lowest = min(lowest, depth)
    while lowest < 0 and first > 0:
        first -= 1
        lowest, depth = lowest + DEPTH.get(tokens[first].upper, 0), depth + DEPTH.get(tokens[first].upper, 0)
    while depth > 0 and last + 1 < len(tokens):
        last += 1
        depth += DEPTH.get(tokens[last].upper, 0)
    return first, last


def at_node(source: Source, node: exp.Expr, code: Code, message: str, *, fix: str | None = None) -> Problem:
    start, end = reach(source, node)
    return source.problem(code, message, start=start, end=end, fix=fix)
