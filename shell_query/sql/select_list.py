"""Select lists as they are written: one span of the text for each item."""

from collections.abc import Sequence

from sqlglot import exp

from shell_query.sql.lexer import Kind, Source, Token

_ENDS = {
    "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "OFFSET", "OPTION", "FOR",
}  # fmt: skip

Place = tuple[int, int]


def places_of_items(select: exp.Select, source: Source) -> Sequence[Place | None]:
    """First character and the one after the last of each item of this SELECT; None where they cannot be told."""
    count = len(select.expressions)
    found = _items(source, source.index_at(select.meta["start"])) if "start" in select.meta else []
    return found if len(found) == count else [None] * count


def written(item: exp.Expr, place: Place, source: Source) -> str:
    """The expression of an item as it is written, without its alias."""
    tokens = source.tokens[source.index_at(place[0]) : source.index_at(place[1] - 1) + 1]
    if not isinstance(item, exp.Alias):
        return source.text[place[0] : place[1]]
    if len(tokens) > 2 and tokens[1].text == "=":
        return source.text[tokens[2].start : place[1]]
    kept = tokens[:-2] if len(tokens) > 2 and tokens[-2].upper == "AS" else tokens[:-1]
    return source.text[place[0] : kept[-1].end] if kept else ""


def _items(source: Source, select: int) -> list[Place]:
    items: list[Place] = []
    current: list[Token] = []
    depth = 0
    for index in range(_first_item(source.tokens, select), len(source.tokens)):
        token = source.tokens[index]
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0 or (depth == 0 and token.kind is Kind.WORD and token.upper in _ENDS):
            break
        if depth == 0 and token.text == ",":
            items.append(_place(current))
            current = []
        else:
            current.append(token)
    return [*items, _place(current)] if current else items


def _place(tokens: list[Token]) -> Place:
    return (tokens[0].start, tokens[-1].end) if tokens else (0, 0)


def _first_item(tokens: Sequence[Token], select: int) -> int:
    """Past SELECT, ALL or DISTINCT, and TOP with its number."""
    index = select + 1

    def words(count: int) -> list[str]:
        return [token.upper for token in tokens[index : index + count]]

    while words(1) in (["ALL"], ["DISTINCT"]):
        index += 1
    if words(1) == ["TOP"]:
        index += 1
        index = _past_parentheses(tokens, index) if words(1) == ["("] else index + 1
        if words(1) == ["PERCENT"]:
            index += 1
        if words(2) == ["WITH", "TIES"]:
            index += 2
    return index


def _past_parentheses(tokens: Sequence[Token], index: int) -> int:
    depth = 0
    while index < len(tokens):
        depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
        index += 1
        if depth == 0:
            break
    return index
