"""What can be refused by looking at the tree, without knowing any table."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from shell_query.sql.lexer import Source
from shell_query.sql.names import bracketed, fault_of, fold
from shell_query.sql.places import at_node, span
from shell_query.sql.problem import Problem, Severity
from shell_query.sql.select_list import select_items


def problems_of_shape(tree: exp.Query, source: Source) -> list[Problem]:
    return [*_orders(tree, source), *_output_names(tree, source), *_derived_names(tree, source)]


def first_select(query: exp.Expr) -> exp.Select | None:
    """The SELECT that names the columns: of a UNION the first one."""
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    return query if isinstance(query, exp.Select) else None


def name_of(item: exp.Expr) -> str | None:
    """What an item of a select list is called; None for a star and for what has no name."""
    if isinstance(item, exp.Alias):
        return str(item.alias)
    if isinstance(item, exp.Column) and not item.is_star:
        return str(item.name)
    return None


def is_star(item: exp.Expr) -> bool:
    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and item.is_star)


def _orders(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for order in tree.find_all(exp.Order):
        query = order.parent
        if not isinstance(query, exp.Query) or query.args.get("limit") or query.args.get("offset"):
            continue
        message = "ORDER BY needs TOP or OFFSET: write SELECT TOP (n), add OFFSET 0 ROWS, or leave ORDER BY out."
        first, end = span(order)
        word = source.last_word_before("ORDER", first)
        start = word.start if word else first
        yield source.problem("order_by_without_top", message, start=start, end=end)


def _output_names(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """Names of the outermost columns: each has one, no two the same, all fit a data extension."""
    select = first_select(tree)
    items = select.expressions if select else []
    if not items:
        yield source.at(source.tokens[0], "not_understood", "This SELECT names no columns.")
    spans: Sequence[tuple[int, int] | None] = select_items(source)
    if len(spans) != len(items):
        spans = [None] * len(items)
    seen: set[str] = set()
    for number, (item, place) in enumerate(zip(items, spans, strict=True), start=1):
        yield from _output_name(item, number, place, seen, source)


def _output_name(
    item: exp.Expr, number: int, place: tuple[int, int] | None, seen: set[str], source: Source
) -> Iterator[Problem]:
    def problem(code: str, message: str, alias: str, severity: Severity = "error") -> Problem:
        if place is None:
            return at_node(source, item, code, message, severity=severity)
        start, end = place
        written = item.this if isinstance(item, exp.Alias) else item
        fix = f"{source.text[start:end]} AS {bracketed(alias)}" if written is item else None
        return source.problem(code, message, start=start, end=end, severity=severity, fix=fix)

    if is_star(item):
        return
    name = name_of(item)
    if name is None:
        message = f"Column {number} has no name: give it one with AS."
        yield problem("unnamed_column", message, f"Column{number}")
        return
    if fold(name) in seen:
        message = f"Two columns are called {name}: give one of them another name with AS."
        yield problem("duplicate_column", message, other_name(item, name, number))
    elif fault := fault_of(name):
        what, severity = fault
        message = f"The column name {name!r} {what}: give it another one with AS."
        yield problem("column_name", message, f"Column{number}", "error" if severity == "error" else "warning")
    seen.add(fold(name))


def other_name(item: exp.Expr, name: str, number: int) -> str:
    """A name of its own for a column whose name is taken: with its table's alias, or its number."""
    table = item.table if isinstance(item, exp.Column) else ""
    return f"{table}_{name}" if table else f"{name}_{number}"


def _derived_names(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """SQL Server wants a name of each column of a derived table too, unless its alias lists them."""
    for derived in tree.find_all(exp.Subquery):
        if not isinstance(derived.parent, exp.From | exp.Join | exp.Lateral) or derived.alias_column_names:
            continue
        select = first_select(derived)
        seen: set[str] = set()
        for number, item in enumerate(select.expressions if select else [], start=1):
            name = name_of(item)
            if name is None and not is_star(item):
                message = f"Column {number} of this derived table has no name: give it one with AS."
                yield at_node(source, item, "unnamed_column", message)
            elif name is not None and fold(name) in seen:
                message = f"Two columns of this derived table are called {name}: rename one with AS."
                yield at_node(source, item, "duplicate_column", message)
            if name is not None:
                seen.add(fold(name))
