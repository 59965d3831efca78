"""Tables that are not known, with the one that was probably meant."""

from collections.abc import Callable, Collection

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.data_views import DATA_VIEWS
from shell_query.sql.lexer import Source
from shell_query.sql.names import bracketed, fold
from shell_query.sql.places import at_node, reach
from shell_query.sql.problem import Problem
from shell_query.sql.tables import is_enterprise

Nearest = Callable[[str, Collection[str]], str | None]


def unknown(table: exp.Table, names: Collection[str], nearest: Nearest, source: Source) -> Problem:
    name = str(table.name)
    if is_enterprise(table):
        message = f"Ent.{name} is the parent business unit's: its columns are not known here, and come out as Text."
        return at_node(source, table.this, Code.UNLISTED_TABLE, message)
    if problem := _of_two_words(table, names, source):
        return problem
    if name.startswith("_"):
        other = nearest(name, [view.name for view in DATA_VIEWS.values()])
        message = f"{name} is not a system data view that we know; Marketing Cloud may.{hint(other)}"
        return at_node(source, table.this, Code.UNLISTED_TABLE, message, fix=other)
    other = nearest(name, names)
    message = f"{name} is not a known data extension or system data view.{hint(other)}"
    return at_node(source, table.this, Code.UNKNOWN_TABLE, message, fix=bracketed(other) if other else None)


def hint(other: str | None) -> str:
    return f" Is {other} meant?" if other else ""


def _of_two_words(table: exp.Table, names: Collection[str], source: Source) -> Problem | None:
    """FROM Newsletter Signups: read as Newsletter with the alias Signups."""
    whole = f"{table.name} {table.alias}"
    known = next((name for name in names if fold(name) == fold(whole)), None) if table.alias else None
    start, end = reach(source, table)
    if known is None or source.text[start:end].lower() != fold(whole):
        return None
    message = f"The name {known} goes in brackets: {bracketed(known)}."
    return source.problem(Code.UNBRACKETED_NAME, message, start=start, end=end, fix=bracketed(known))
