"""The order that a query asks for, as far as its columns come out."""

from typing import Literal, NamedTuple

from sqlglot import exp

from shell_query.sql.expressions import whole_number
from shell_query.sql.names import fold
from shell_query.sql.shape import first_select, is_star, name_of


class OrderColumn(NamedTuple):
    column: str
    direction: Literal["ascending", "descending"]


def order_of(tree: exp.Query) -> tuple[OrderColumn, ...]:
    """The outermost ORDER BY by output names, up to the first term that does not come out."""
    select, order = first_select(tree), tree.args.get("order")
    if select is None or order is None:
        return ()
    found: list[OrderColumn] = []
    for term in order.expressions:
        name = output_name(term.this, select.expressions)
        if name is None:
            break
        found.append(OrderColumn(name, "descending" if term.args.get("desc") else "ascending"))
    return tuple(found)


def output_name(term: exp.Expr, items: list[exp.Expr]) -> str | None:
    """Which of the selected `items` a term of ORDER BY means. None: of none, or of more than a column."""
    if isinstance(term, exp.Literal) and not term.is_string:
        return _by_number(str(term.this), items)
    if not isinstance(term, exp.Column):
        return None
    for item in items:
        name = name_of(item)
        is_alias = name is not None and not term.table and fold(name) == fold(term.name)
        written = item.this if isinstance(item, exp.Alias) else item
        if name is not None and (is_alias or _same_column(term, written)):
            return name
    if any(is_star(item) and _covers(item, term) for item in items):
        return str(term.name)
    return None


def _by_number(number: str, items: list[exp.Expr]) -> str | None:
    place = whole_number(number) if number.isdecimal() else 0
    if any(is_star(item) for item in items) or not 1 <= place <= len(items):
        return None
    return name_of(items[place - 1])


def _same_column(term: exp.Column, item: exp.Expr) -> bool:
    return (
        isinstance(item, exp.Column)
        and fold(item.name) == fold(term.name)
        and (not term.table or not item.table or fold(item.table) == fold(term.table))
    )


def _covers(star: exp.Expr, term: exp.Column) -> bool:
    owner = star.table if isinstance(star, exp.Column) else ""
    return not owner or not term.table or fold(owner) == fold(term.table)
