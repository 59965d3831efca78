"""LIMIT, and ORDER BY, OFFSET, FETCH and TOP where they cannot stand."""

from collections.abc import Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Kind, Source, Token
from shell_query.sql.places import from_word
from shell_query.sql.problem import Problem

_ORDER_ALONE = "ORDER BY needs TOP or OFFSET: write SELECT TOP (n), add OFFSET 0 ROWS, or leave ORDER BY out."
_FETCH_ALONE = "FETCH needs OFFSET before it: write OFFSET 0 ROWS FETCH NEXT."


def limit(source: Source) -> Iterator[Problem]:
    """LIMIT n, LIMIT n OFFSET m, LIMIT m, n."""
    tokens = source.tokens
    for index, token in enumerate(tokens):
        if token.upper != "LIMIT" or not _is_number(tokens, index + 1):
            continue
        first, last, skipped = tokens[index + 1].text, index + 1, "0"
        if _is_number(tokens, index + 3) and tokens[index + 2].upper in (",", "OFFSET"):
            second, last = tokens[index + 3].text, index + 3
            first, skipped = (first, second) if tokens[index + 2].upper == "OFFSET" else (second, first)
        order = "" if _is_ordered(tokens, index) else "ORDER BY 1 "
        yield source.problem(
            Code.LIMIT,
            f"There is no LIMIT: write SELECT TOP {first}, or OFFSET and FETCH after ORDER BY.",
            start=token.start,
            end=tokens[last].end,
            fix=f"{order}OFFSET {skipped} ROWS FETCH NEXT {first} ROWS ONLY",
        )


def _is_number(tokens: tuple[Token, ...], index: int) -> bool:
    return index < len(tokens) and tokens[index].kind is Kind.NUMBER


def _is_ordered(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether an ORDER BY of the same query stands before this place."""
    depth = 0
    for token in reversed(tokens[:index]):
        depth += {")": 1, "(": -1}.get(token.text, 0)
        if depth < 0 or (depth == 0 and token.upper == "FROM"):
            return False
        if depth == 0 and token.upper == "ORDER":
            return True
    return False


def orders(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for query in tree.find_all(exp.Query):
        order, offset, top = query.args.get("order"), query.args.get("offset"), query.args.get("limit")
        if query.args.get("for_"):
            continue  # FOR XML keeps the order, and needs no TOP for it
        if order and not offset and not top:
            yield _without_offset(order, source, Code.ORDER_BY_WITHOUT_TOP, _ORDER_ALONE)
        elif order and isinstance(top, exp.Fetch) and not offset:
            yield _without_offset(order, source, Code.FETCH_WITHOUT_OFFSET, _FETCH_ALONE)
        elif isinstance(top, exp.Fetch) and not offset:
            yield _fetch_alone(top, source)
        elif offset and not order:
            yield _offset_alone(offset, source)
        elif offset and isinstance(top, exp.Limit):
            yield _both(top, source)


def ties(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for select in tree.find_all(exp.Select):
        options = (select.args.get("limit") or exp.Limit()).args.get("limit_options")
        if options and options.args.get("with_ties") and not select.args.get("order"):
            message = "WITH TIES needs ORDER BY: by what would rows be alike?"
            start, end = _clause(select.args["limit"], "TOP", source)
            yield source.problem(Code.TIES_WITHOUT_ORDER_BY, message, start=start, end=end)


def _without_offset(order: exp.Expr, source: Source, code: Code, message: str) -> Problem:
    start, end = _clause(order, "ORDER", source)
    return source.problem(code, message, start=start, end=end, fix=f"{source.text[start:end]} OFFSET 0 ROWS")


def _fetch_alone(fetch: exp.Expr, source: Source) -> Problem:
    start, end = _clause(fetch, "FETCH", source)
    fix = f"ORDER BY 1 OFFSET 0 ROWS {source.text[start:end]}"
    return source.problem(Code.FETCH_WITHOUT_OFFSET, _FETCH_ALONE, start=start, end=end, fix=fix)


def _offset_alone(offset: exp.Expr, source: Source) -> Problem:
    message = "OFFSET needs ORDER BY before it: which rows are to be skipped?"
    start, end = _clause(offset, "OFFSET", source)
    fix = f"ORDER BY 1 {source.text[start:end]}"
    return source.problem(Code.OFFSET_WITHOUT_ORDER_BY, message, start=start, end=end, fix=fix)


def _both(top: exp.Expr, source: Source) -> Problem:
    message = "TOP and OFFSET cannot stand in one SELECT: write FETCH NEXT n ROWS ONLY after OFFSET instead of TOP."
    start, end = _clause(top, "TOP", source)
    return source.problem(Code.TOP_WITH_OFFSET, message, start=start, end=end)


def _clause(node: exp.Expr, word: str, source: Source) -> tuple[int, int]:
    """From the word that begins the clause to the end of its last part; DESC belongs to it."""
    start, end = from_word(source, node, word)
    last = source.index_at(end - 1)
    if last + 1 < len(source.tokens) and source.tokens[last + 1].upper in ("ASC", "DESC"):
        last += 1
    return start, source.tokens[last].end
