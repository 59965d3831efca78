"""What FROM does to columns besides reading them: parentheses, joins, aliases with names, PIVOT."""

from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp

from shell_query.sql.names import fold
from shell_query.sql.scope import Column, Relation, Scope
from shell_query.sql.types import UNKNOWN, ValueType, text, widest

LONGEST_NAME = 128

Columns = tuple[Column, ...]


def is_parenthesis(node: exp.Expr) -> bool:
    """Parentheses around a join, not around a query."""
    inner = node.this
    return isinstance(node, exp.Subquery) and (
        isinstance(inner, exp.Table) or (isinstance(inner, exp.Subquery) and not node.alias)
    )


def joins_of(node: exp.Expr) -> Iterator[exp.Expr]:
    """The joins of this SELECT, those inside parentheses too."""
    for join in node.args.get("joins") or ():
        yield join
        yield from joins_of(join.this)
    if isinstance(node, exp.Select) and (first := node.args.get("from_")):
        yield from joins_of(first.this)
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery):
        yield from joins_of(node.this)


def renamed(columns: Columns | None, names: Sequence[str]) -> Columns:
    """An alias that names its columns: `t(a, b)`."""
    types = [column.type for column in columns or ()]
    types += [UNKNOWN] * (len(names) - len(types))
    return tuple(Column(str(name), value) for name, value in zip(names, types, strict=False))


def pivoted(
    pivot: exp.Expr, columns: Columns | None, type_in: Callable[[exp.Expr, Scope], ValueType]
) -> Columns | None:
    """The columns after PIVOT or UNPIVOT; `type_in` gives the type of an expression."""
    if columns is None or not pivot.args.get("fields") or not pivot.expressions:
        return None
    field, first = pivot.args["fields"][0], pivot.expressions[0]
    listed = [str(value.name) for value in field.expressions]
    if pivot.args.get("unpivot"):
        return _unpivoted(columns, listed, values=str(first.name), names=str(field.this.name))
    used = {fold(column.name) for part in (field.this, first) for column in part.find_all(exp.Column)}
    value = type_in(first, Scope([Relation("", columns)]))
    kept = [column for column in columns if fold(column.name) not in used]
    return (*kept, *(Column(name, value) for name in listed))


def _unpivoted(columns: Columns, listed: Sequence[str], *, values: str, names: str) -> Columns:
    inside = {fold(name) for name in listed}
    kept = [column for column in columns if fold(column.name) not in inside]
    turned = [column.type for column in columns if fold(column.name) in inside]
    return (*kept, Column(values, widest(turned)), Column(names, text(LONGEST_NAME)))
