"""Names of what comes out: each column has one, no two the same, all fit a data extension."""

from collections.abc import Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.names import bracketed, fault_of, fold
from shell_query.sql.places import at_node, reach
from shell_query.sql.problem import Problem
from shell_query.sql.select_list import Place, places_of_items, written
from shell_query.sql.shape import first_select, is_star, name_of


def outermost(tree: exp.Query, source: Source) -> Iterator[Problem]:
    select = first_select(tree)
    if select is None or not select.expressions:
        yield source.at(source.tokens[0], Code.NOT_UNDERSTOOD, "This SELECT names no columns.")
        return
    yield from _Names(select, source, "").problems(strict=True)


def derived(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """SQL Server wants a name of each column of a derived table too, unless its alias lists them."""
    for subquery in tree.find_all(exp.Subquery):
        holder = subquery.parent
        if not isinstance(holder, exp.From | exp.Join | exp.Lateral):
            continue
        if not subquery.alias_column_names and not holder.alias_column_names:
            select = first_select(subquery)
            if select is not None:
                yield from _Names(select, source, " of this derived table").problems(strict=False)


def beside_star(item: exp.Expr, name: str, source: Source) -> Problem:
    """A column that a star before it gives too."""
    message = f"{name} comes out of the star too: give it another name with AS."
    start, end = reach(source, item.unalias())
    fix = f"{source.text[start:end]} AS {bracketed(f'{name}_2')}" if not isinstance(item, exp.Alias) else None
    return at_node(source, item, Code.DUPLICATE_COLUMN, message, fix=fix)


class _Names:
    """The names of one SELECT's list, one after the other."""

    def __init__(self, select: exp.Select, source: Source, whose: str) -> None:
        self._select, self._source, self._whose = select, source, whose
        self._items = select.expressions
        self._places = places_of_items(select, source)
        self._wanted = {fold(name) for item in self._items if (name := name_of(item)) is not None}
        self._seen: set[str] = set()

    def problems(self, *, strict: bool) -> Iterator[Problem]:
        """`strict`: the names have to fit a data extension too."""
        if self._select.args.get("for_"):
            message = f"FOR XML gives one column{self._whose} without a name: put it into a column, and name that."
            yield at_node(self._source, self._select, Code.UNNAMED_COLUMN, message)
            return
        for number, (item, place) in enumerate(zip(self._items, self._places, strict=True), start=1):
            if is_star(item):
                continue
            name = name_of(item)
            if name is None:
                message = f"Column {number}{self._whose} has no name: give it one with AS."
                yield self._problem(item, place, Code.UNNAMED_COLUMN, message, f"Column{number}")
                continue
            if fold(name) in self._seen:
                message = f"Two columns{self._whose} are called {name}: give one of them another name with AS."
                yield self._problem(item, place, Code.DUPLICATE_COLUMN, message, _other_name(item, name, number))
            elif strict and (fault := fault_of(name)):
                code, what = fault
                message = f"The column name {name!r} {what}: give it another one with AS."
                yield self._problem(item, place, code, message, f"Column{number}")
            self._seen.add(fold(name))

    def _problem(self, item: exp.Expr, place: Place | None, code: Code, message: str, alias: str) -> Problem:
        if place is None:
            return at_node(self._source, item, code, message)
        start, end = place
        fix = f"{written(item, place, self._source)} AS {bracketed(self._free(alias))}"
        return self._source.problem(code, message, start=start, end=end, fix=fix)

    def _free(self, alias: str) -> str:
        """The alias, with a number where it is taken."""
        name, number = alias, 1
        while fold(name) in self._wanted:
            number += 1
            name = f"{alias}_{number}"
        self._wanted.add(fold(name))
        return name


def _other_name(item: exp.Expr, name: str, number: int) -> str:
    """A name of its own for a column whose name is taken: with its table's alias, or its number."""
    table = item.table if isinstance(item, exp.Column) else ""
    return f"{table}_{name}" if table else f"{name}_{number}"
