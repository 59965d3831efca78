"""The outermost select list as it is written: one span of the text for each item."""

from shell_query.sql.lexer import Kind, Source, Token

_ENDS = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "OFFSET", "OPTION", "FOR"}


def select_items(source: Source) -> list[tuple[int, int]]:
    """First character and the one after the last of each item, in order."""
    items: list[tuple[int, int]] = []
    current: list[Token] = []
    depth = 0
    for token in source.tokens[_first_item(source.tokens) :]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind is Kind.WORD and token.upper in _ENDS:
            break
        if depth == 0 and token.text == ",":
            items.append(_span(current))
            current = []
        else:
            current.append(token)
    return [*items, _span(current)] if current else items


def _span(tokens: list[Token]) -> tuple[int, int]:
    return tokens[0].start, tokens[-1].end


def _first_item(tokens: tuple[Token, ...]) -> int:
    """Past SELECT, ALL or DISTINCT, and TOP with its number."""
    index = 1
    words = [token.upper for token in tokens]
    while index < len(words) and words[index] in ("ALL", "DISTINCT"):
        index += 1
    if index < len(words) and words[index] == "TOP":
        index += 1
        index = _past_parentheses(words, index) if words[index : index + 1] == ["("] else index + 1
        if words[index : index + 1] == ["PERCENT"]:
            index += 1
        if words[index : index + 2] == ["WITH", "TIES"]:
            index += 2
    return index


def _past_parentheses(words: list[str], index: int) -> int:
    depth = 0
    while index < len(words):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        index += 1
        if depth == 0:
            break
    return index
